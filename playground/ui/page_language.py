"""`?lang=` of the page's address overrides the browser's language before gradio's page reads it.

gradio chooses its locale from `navigator.language` alone, before any script given to `launch`
runs, and labels of unopened tabs keep it. So the page itself gets a script in front of all others.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The page knows English and Chinese: any other language would mix gradio's words with our English.
SCRIPT = b"""<script>
(() => {
  const asked = new URLSearchParams(location.search).get("lang") || navigator.language || "en";
  const locale = /^zh/i.test(asked) ? "zh-CN" : "en";
  Object.defineProperty(navigator, "language", { get: () => locale });
  Object.defineProperty(navigator, "languages", { get: () => [locale] });
})();
</script>"""
HEAD = b"<head>"


class PageLanguage:
    """ASGI middleware: puts the script first in the head of HTML pages, and changes nothing else.

    A page must come in one piece, as gradio's do; the head of a streamed one is left as it is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its page back with the script in it."""
        start: Message | None = None

        async def send_page(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
                return
            if start is not None and message["type"] == "http.response.body":
                message = _with_script(start, message)
                await send(start)
                start = None
            await send(message)

        await self.app(scope, receive, send_page if scope["type"] == "http" else send)


def _is_page(start: Message) -> bool:
    headers = MutableHeaders(scope=start)
    return headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers


def _with_script(start: Message, body: Message) -> Message:
    """The page's only body message with the script; the length in `start` is corrected."""
    page = body.get("body", b"")
    if body.get("more_body") or HEAD not in page:
        return body
    page = page.replace(HEAD, HEAD + SCRIPT, 1)
    MutableHeaders(scope=start)["content-length"] = str(len(page))
    return {**body, "body": page}
