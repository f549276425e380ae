"""Buttons inside a picture: each carries what it asks for, which the tab's `act` turns into a request."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from playground.ui.html import element, text

ACT_SCRIPT = Path(__file__).with_name("acts.js").read_text("utf-8")


def acting_html(value: str = "", *, script: str = "", **options: Any) -> gr.HTML:
    """An HTML output whose act buttons work; `script` is more JavaScript for it."""
    return gr.HTML(value, js_on_load=ACT_SCRIPT + script, apply_default_css=False, **options)


def act_button(title: str, data: Mapping[str, Any], class_: str = "chip small", **attributes: str | bool | None) -> str:
    """A button that asks for `data`."""
    return element("button", text(title), type="button", class_=class_, data_act=json.dumps(data), **attributes)


def act_switch(title: str, options: Sequence[tuple[str, Mapping[str, Any], bool]]) -> str:
    """A row of buttons of which one is on: each has a title, what it asks for, and whether it is."""
    buttons = (
        act_button(name, data, class_="on" if on else "", aria_pressed="true" if on else "false")
        for name, data, on in options
    )
    return element("span", text(title), element("span", *buttons, class_="switch", role="group"), class_="switch-line")
