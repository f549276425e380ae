"""The components of one tab, in the order they stand on the page."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr
from gradio.components import Component

from playground.ui.claims import claims_panel, load_claims
from playground.ui.code_panel import code_component
from playground.ui.controls import Choices, controls_for
from playground.ui.history import KEPT
from playground.ui.html import element, text
from playground.ui.share import link_button
from playground.ui.tab_view import TabView
from playground.ui.translations import label, translate

# Formulas in notes: $…$ inside a line, $$…$$ on their own.
LATEX: list[dict[str, str | bool]] = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "$", "right": "$", "display": False},
]


@dataclass(frozen=True)
class Parts:
    """What handlers read and write; `asked`, `shown`, `history`, `opened` and `arrived` live on the server.

    `pressed` counts in the browser how often Run was pressed.
    """

    heading: gr.HTML
    presets: tuple[gr.Button, ...]
    controls: dict[str, Component]
    run: gr.Button
    stop: gr.Button
    again: gr.Button
    link: gr.HTML
    status: gr.HTML
    outputs: tuple[Component, ...]
    past: tuple[gr.Button, ...]
    pin: gr.Button
    unpin: gr.Button
    pinned_panel: gr.Accordion
    pinned: tuple[Component, ...]
    files: dict[str, gr.Button]
    picture: gr.Button
    save: gr.Button
    open: gr.Button
    file: gr.JSON
    configuration: gr.Textbox
    claims: gr.HTML
    notes: gr.Markdown
    snippet: gr.HTML
    pressed: gr.Number
    asked: gr.State
    shown: gr.State
    history: gr.State
    opened: gr.State
    arrived: gr.State


def heading_html(tab: TabView, language: str) -> str:
    """The question and one sentence on what to look for."""
    question = element("h1", text(translate(language, tab.question)), class_="question")
    return question + element("p", text(translate(language, tab.lead)), class_="lead")


def build_parts(tab: TabView, model_choices: Choices) -> Parts:
    """Lay the tab out: question, presets, controls at the left, live picture at the right, explanations below."""
    made: dict[str, object] = {
        "pressed": gr.Number(0, precision=0, visible=False),
        "asked": gr.State(),
        "shown": gr.State(),
        "history": gr.State(()),
        "opened": gr.State(False),
        "arrived": gr.State(False),
        "file": gr.JSON(visible=False),
        "configuration": gr.Textbox(visible=False),
        "heading": gr.HTML(heading_html(tab, "en"), apply_default_css=False),
    }
    with gr.Row(elem_classes="presets"):
        made["presets"] = tuple(_chip(preset.title) for preset in tab.presets)
    with gr.Row(elem_classes="workbench"):
        with gr.Column(elem_classes="controls", min_width=0):
            made |= _build_controls(tab, model_choices)
        with gr.Column(elem_classes="picture-column", min_width=0):
            made |= _build_picture(tab)
            made |= _build_explanations(tab)
    return Parts(**made)  # type: ignore[arg-type]


def _build_controls(tab: TabView, model_choices: Choices) -> dict[str, object]:
    request_type = tab.tab.request
    controls = controls_for(request_type, group="main", model_choices=model_choices, translate=label)
    with gr.Accordion(label("More"), open=False, elem_classes="more"):
        controls |= controls_for(request_type, group="more", model_choices=model_choices, translate=label)
    with gr.Row(elem_classes="actions"):
        run = gr.Button(label("Run"), variant="primary", size="md", min_width=0)
        stop = gr.Button(label("Pause" if tab.pauses else "Stop"), size="md", min_width=0, interactive=False)
        again = gr.Button(label("Retry"), size="md", min_width=0, visible=False)
        link = link_button(label("Copy link"))
    status = gr.HTML(elem_classes="run-status", apply_default_css=False)
    with gr.Row(elem_classes="past-runs"):
        past = tuple(
            gr.Button("", size="sm", min_width=0, visible=False, elem_classes="chip small") for _ in range(KEPT)
        )
        pin = gr.Button(label("Pin this run"), size="sm", min_width=0, visible=False, elem_classes="chip small pin")
    return {
        "controls": controls,
        "run": run,
        "stop": stop,
        "again": again,
        "link": link,
        "status": status,
        "past": past,
        "pin": pin,
    }


def _build_picture(tab: TabView) -> dict[str, object]:
    with gr.Column(elem_id=f"live-{tab.name}", elem_classes="live", min_width=0):
        outputs = tuple(tab.outputs())
    with gr.Accordion(label("Pinned run"), open=True, visible=False, elem_classes="pinned") as panel:
        unpin = gr.Button(label("Unpin"), size="sm", min_width=0, elem_classes="chip small")
        pinned = tuple(tab.outputs())
    with gr.Row(elem_classes="files"):
        files = {suffix: _small(suffix.upper().removeprefix(".")) for suffix in tab.downloads}
        picture = _small("PNG", visible=".png" not in tab.downloads)
        save = _small("Save configuration")
        opener = _small("Open configuration")
    return {
        "outputs": outputs,
        "pinned_panel": panel,
        "unpin": unpin,
        "pinned": pinned,
        "files": files,
        "picture": picture,
        "save": save,
        "open": opener,
    }


def _build_explanations(tab: TabView) -> dict[str, object]:
    path = tab.folder / "claims.yaml"
    known = load_claims(path) if path.exists() else ()
    claims = claims_panel(known, visible=bool(known), elem_classes="card")
    with gr.Accordion(label("How it works"), open=False, elem_classes="explanation"):
        notes = gr.Markdown(latex_delimiters=LATEX)
    with gr.Accordion(label("Use it in your code"), open=False, elem_classes="explanation"):
        snippet = code_component()
    return {"claims": claims, "notes": notes, "snippet": snippet}


def _chip(title: str) -> gr.Button:
    return gr.Button(label(title), size="sm", min_width=0, elem_classes="chip")


def _small(title: str, *, visible: bool = True) -> gr.Button:
    return gr.Button(label(title), size="sm", min_width=0, elem_classes="chip small", visible=visible)
