"""What stands around the page on HTTP: limits, quiet security headers, words for errors, health, metrics, assets.

All of it is plain ASGI and starlette, handed to gradio as `launch(app_kwargs=…)`.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import re
from collections.abc import Callable
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("whybox.http")

BODY_SECONDS = 30.0  # for a whole JSON body to arrive
ASSET_AGE = 7 * 86_400  # seconds that a browser may keep an asset
ASSET_KINDS = (".css", ".js", ".svg", ".png", ".webp", ".ico")

TOO_LARGE = "The request is larger than {limit:,} bytes: send less, or upload it as a file."
TOO_DEEP = "The request is nested more than {limit} levels deep: flatten it and send it again."
NO_FORM = 'The request is not in the form of this address: send JSON with a "data" list; /?view=api shows all forms.'
NOT_UNDERSTOOD = "This request is not one that this server answers: /?view=api shows those that are."
TOO_SLOW = "The request took longer than {seconds:.0f} s to arrive: send it again."

SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    # A link holds what a visitor typed: other sites must not see it.
    "referrer-policy": "same-origin",
}


class _Refused(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        self.status, self.sentence = status, sentence


class BodyLimit:
    """Refuses request bodies over a limit, announced or not, and JSON nested too deep for the parsers behind.

    The upload route has gradio's own limit. A body is read whole before the app sees the request, so
    that the refusal can still be the answer.
    """

    def __init__(self, app: ASGIApp, limit: int, depth: int = 100, seconds: float = BODY_SECONDS) -> None:
        self.app, self.limit, self.depth, self.seconds = app, limit, depth, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS") or _is_upload(scope):
            return await self.app(scope, receive, send)
        try:
            body = await self._body(scope, receive)
        except _Refused as refused:
            # The connection stays open: the server then discards the rest, and the answer is not lost.
            return await JSONResponse({"detail": refused.sentence}, refused.status)(scope, receive, send)
        if body is not None:
            await self.app(scope, _replay(body, receive), send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body, None if the client left."""
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced) > self.limit:
            raise _Refused(413, TOO_LARGE.format(limit=self.limit))
        try:
            body = await asyncio.wait_for(self._collect(receive), self.seconds)
        except TimeoutError:
            raise _Refused(408, TOO_SLOW.format(seconds=self.seconds)) from None
        if body is not None and _depth_exceeds(body, self.depth):
            raise _Refused(400, TOO_DEEP.format(limit=self.depth))
        return body

    async def _collect(self, receive: Receive) -> bytes | None:
        chunks = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            chunks += message.get("body", b"")
            more = message.get("more_body", False)
            if len(chunks) > self.limit:
                raise _Refused(413, TOO_LARGE.format(limit=self.limit))
        return bytes(chunks)


class SpokenErrors:
    """Answers a request that breaks the app's routing with a sentence; the log gets the error's class and places."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            logger.warning("a request was refused", extra={"status": 400}, exc_info=error)
            await JSONResponse({"detail": NOT_UNDERSTOOD}, 400)(scope, receive, send)


def form_refused(request: Request, error: Exception) -> Response:
    """The answer to a JSON body of another form, instead of a list of what a validator found."""
    return JSONResponse({"detail": NO_FORM}, 422)


class SecurityHeaders:
    """Adds headers that harm no embedding: a Space shows the page in a frame of another site."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def middleware(body_limit: int) -> list[Middleware]:
    """The middleware for gradio's app."""
    return [Middleware(SecurityHeaders), Middleware(SpokenErrors), Middleware(BodyLimit, limit=body_limit)]


def routes(assets: Path, metrics: Callable[[], bytes]) -> list[Route]:
    """/healthz, /metrics, plotly.js from the plotly package, the files of the assets folder, and the head of the page.

    On its start gradio asks for that head and gives up after three seconds, which a busy machine can take to build
    the page; a head needs no page.
    Each file is a route of its own, so that no path can lead out of the folder.
    """
    files = {path.name: path for path in sorted(assets.iterdir()) if path.suffix in ASSET_KINDS}
    files["plotly.min.js"] = plotly_script()
    return [
        Route("/healthz", lambda request: JSONResponse({"status": "ok"})),
        Route("/", lambda request: Response(media_type="text/html"), methods=["HEAD"]),
        Route("/metrics", lambda request: Response(metrics(), media_type="text/plain; version=0.0.4")),
        *(Route(f"/assets/{name}", _file(path)) for name, path in files.items()),
    ]


def plotly_script() -> Path:
    """plotly.js in the plotly package, found without importing it."""
    spec = importlib.util.find_spec("plotly")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("plotly is not installed: run pip install -r requirements.txt")
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"


def _file(path: Path) -> Callable[[Request], Response]:
    return lambda request: FileResponse(path, headers={"cache-control": f"public, max-age={ASSET_AGE}"})


def _is_upload(scope: Scope) -> bool:
    return str(scope["path"]).rstrip("/") == "/gradio_api/upload"


def _replay(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body once and then what comes after it, such as the disconnect."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed


def _depth_exceeds(body: bytes, limit: int) -> bool:
    """Whether brackets outside strings are nested deeper than the limit."""
    if body.count(b"[") + body.count(b"{") <= limit:
        return False
    depth = 0
    for bracket in _STRING.sub(b"", body).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > limit:
            return True
    return False


_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
