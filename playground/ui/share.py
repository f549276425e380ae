"""Taking a view away: its link, its files, its configuration."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Note
from playground.runtime.errors import LinkTooLong
from playground.runtime.links import Link, encode, from_configuration, link_url, to_configuration
from playground.runtime.requests import TabRequest
from playground.ui.tab_view import File
from playground.ui.translations import translate

LINK_SCRIPT = Path(__file__).with_name("link_button.js").read_text("utf-8")
LONGEST_CONFIGURATION = 500_000  # characters, well inside the limit of a request body

FOREIGN = Note("This configuration is for another tab: open it there.")


def link_button(label: Any) -> gr.HTML:
    """A button that copies the shown view's link; its value, made by :func:`link_value`, moves the address bar too."""
    return gr.HTML(
        {"label": "Copy link"},
        html_template=(
            '<button type="button" class="chip">${value.label}</button> <span class="note" role="status"></span>'
        ),
        js_on_load=LINK_SCRIPT,
        elem_classes="link-button",
        apply_default_css=False,
        label=label,
    )


def link_value(request: TabRequest, language: str) -> dict[str, str]:
    """What the button needs to know; a view that is too long for a link has a sentence instead."""
    value = {"tab": request.tab, "label": translate(language, "Copy link"), "copied": translate(language, "Copied.")}
    try:
        # Only on a Space does the link differ from the address that the browser knows.
        url = link_url(request, "/")
    except LinkTooLong as error:
        return value | {"sentence": translate(language, error.message, **error.values)}
    return value | {"query": encode(request), "url": url if "SPACE_ID" in os.environ else ""}


def file_value(files: Mapping[str, File], suffix: str) -> dict[str, str] | None:
    """The first file with the suffix, in the form that the browser saves."""
    name = next((name for name in files if name.endswith(suffix)), None)
    if name is None:
        return None
    file = files[name]
    return {"name": name, "data": base64.b64encode(file() if callable(file) else file).decode()}


def configuration_value(request: TabRequest) -> dict[str, str] | None:
    """The request's configuration file, in the form that the browser saves."""
    name = f"whybox-{request.tab}.json"
    return file_value({name: to_configuration(request)}, ".json")


def read_configuration(data: str, request_type: type[TabRequest]) -> Link:
    """What a configuration file asks of this tab; notes say why it may ask nothing."""
    link = from_configuration(data.encode("utf-8", "replace"), {request_type.tab: request_type})
    if link.request is None and link.notes and "tab" in link.notes[0].values:
        return Link(None, None, (FOREIGN,))
    return link
