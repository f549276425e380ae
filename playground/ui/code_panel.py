"""Use it in your code: Python snippets with a copy button."""

from __future__ import annotations

import keyword
import os
import re
from collections.abc import Mapping
from typing import Any

import gradio as gr

from playground.runtime.sessions import Attachment
from playground.runtime.settings import settings
from playground.ui.html import element, text
from playground.ui.translations import translate

HOST = re.compile(r"[\w.-]+(:\d{1,5})?|\[[0-9a-fA-F:]+\](:\d{1,5})?", re.ASCII)
TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)|(?P<string>[rbf]?(?:'''.*?'''|\"\"\".*?\"\"\"|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))|(?P<word>[A-Za-z_]\w*)""",
    re.DOTALL,
)

# The clipboard interface exists only on https and localhost; the selection works everywhere else.
COPY_SCRIPT = """element.addEventListener("click", async (event) => {
  const button = event.target.closest(".copy-button");
  if (!button) return;
  const code = button.parentElement.querySelector("pre");
  if (navigator.clipboard) await navigator.clipboard.writeText(code.textContent);
  else { getSelection().selectAllChildren(code); document.execCommand("copy"); }
  const title = button.textContent;
  button.textContent = button.dataset.done;
  setTimeout(() => { button.textContent = title; }, 1500);
});"""


def code_panel(snippet: str, client: str, language: str) -> str:
    """The two snippets as HTML: with our class, and the same call through `gradio_client`."""
    return _block(translate(language, "Python, with our class"), snippet, language) + _block(
        translate(language, "The same call over the network"), client, language
    )


def code_component(value: str = "", **options: Any) -> gr.HTML:
    """A component for what :func:`code_panel` makes; its buttons copy."""
    return gr.HTML(value, js_on_load=COPY_SCRIPT, apply_default_css=False, **options)


def server_address(request: gr.Request) -> str:
    """Where a visitor's snippets call: a Space by its name, or else the address at which they see this page."""
    headers = request.headers
    host, scheme = str(headers.get("host", "")), str(headers.get("x-forwarded-proto", "http"))
    if "SPACE_ID" in os.environ:
        return os.environ["SPACE_ID"]
    if HOST.fullmatch(host) and scheme in ("http", "https"):
        return f"{scheme}://{host}"
    return f"http://127.0.0.1:{settings().port}"


def client_snippet(api_name: str, values: Mapping[str, Any], url: str) -> str:
    """A runnable call of a named endpoint with `gradio_client`.

    >>> print(client_snippet("/decode", {"length": 8}, "http://127.0.0.1:7860"))
    from gradio_client import Client
    <BLANKLINE>
    client = Client("http://127.0.0.1:7860")
    result = client.predict(
        length=8,
        api_name="/decode",
    )
    print(result)
    """
    arguments = "".join(f"    {name}={_literal(value)},\n" for name, value in values.items())
    names = "Client, handle_file" if any(isinstance(value, Attachment) for value in values.values()) else "Client"
    return (
        f'from gradio_client import {names}\n\nclient = Client("{url}")\n'
        f'result = client.predict(\n{arguments}    api_name="{api_name}",\n)\nprint(result)'
    )


def _literal(value: object) -> str:
    """A value as Python source; tuples as lists, since that is what JSON carries."""
    if isinstance(value, Attachment):
        return f"handle_file({value.name!r})"
    return repr(list(value)) if isinstance(value, tuple) else repr(value)


def _block(title: str, code: str, language: str) -> str:
    done = translate(language, "Copied")
    button = element(
        "button", text(translate(language, "Copy")), type="button", class_="chip small copy-button", data_done=done
    )
    return element(
        "div",
        element("span", text(title), class_="muted"),
        button,
        element("pre", _coloured(code)),
        class_="code-block",
    )


def _coloured(code: str) -> str:
    """Escaped code with keywords, strings and comments marked."""
    parts, end = [], 0
    for match in TOKEN.finditer(code):
        parts += [text(code[end : match.start()]), _marked(match)]
        end = match.end()
    return "".join([*parts, text(code[end:])])


def _marked(match: re.Match[str]) -> str:
    word = text(match[0])
    if match["word"]:
        return element("b", word) if keyword.iskeyword(match[0]) else word
    return element("em" if match["comment"] else "q", word)
