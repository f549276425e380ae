"""Where the panel's parts are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.sampling.hierarchy.acts import act
from playground.tabs.sampling.hierarchy.cards import cards_html, scrubber
from playground.tabs.sampling.hierarchy.figures import elbo_figure, kl_figure, thumbnail
from playground.tabs.sampling.hierarchy.names import names
from playground.tabs.sampling.hierarchy.presets import PRESETS
from playground.tabs.sampling.hierarchy.request import MOST_STEPS, MOST_VARIANTS, HierarchyRequest
from playground.tabs.sampling.hierarchy.snippet import snippet
from playground.tabs.sampling.hierarchy.view import View, fold
from playground.ui.acts import act_button, acting_html
from playground.ui.frame import TabView
from playground.ui.live_plot import LivePlot
from playground.ui.scrubber import ScrubberBar
from playground.ui.tab_view import Measure
from playground.ui.translations import translate
from playground.ui.transport import pace, transport_html


def _engine() -> Engine:
    from playground.tabs.sampling.hierarchy import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    bar, kl = acting_html(), LivePlot(elem_classes="card")
    return [bar, kl, ScrubberBar(), acting_html(), LivePlot(elem_classes="card")]


def _draw(view: View | None, request: HierarchyRequest, language: str, live: bool = False) -> list[Any]:
    view = view or View()
    return [
        transport_html(request, MOST_STEPS, language, _add_button(request, language)),
        kl_figure(view, request, language),
        scrubber(view, request, language, live=live),
        cards_html(view, request, language, live=live),
        elbo_figure(view, request, language),
    ]


def _sketch(view: View | None, request: HierarchyRequest, language: str) -> list[Any]:
    """A run that goes on shows its newest picture, whatever the moment."""
    return _draw(view, request, language, live=True)


def _add_button(request: HierarchyRequest, language: str) -> str:
    full = len(request.variants()) >= MOST_VARIANTS
    return act_button(translate(language, "Add as a variant"), {"act": "add"}, disabled=full)


def _download(view: View, request: HierarchyRequest) -> dict[str, bytes]:
    table = view.to_csv(request.every, names(request, "en"))
    return {"posterior-collapse.json": view.to_json(request.every), "posterior-collapse.csv": table}


def _groups(view: View) -> str:
    """The KL of every variant's groups at the end, as a claim is measured again."""
    kl = view.frames[-1].kl.sum(2).tolist() if view.frames else []
    return "; ".join(" / ".join(f"{nats:.1f}" for nats in groups) for groups in kl)


MEASURES = {"warm-up": Measure(PRESETS[1].request, _groups)}

VIEW = TabView(
    tab=Tab("sampling-hierarchy", HierarchyRequest, _engine),
    question="Why do groups of latents fall silent?",
    lead=(
        "A tiny NVAE in training. Every nat of KL costs as much as a nat of reconstruction, so a group that learns "
        "late is switched off before it is of use. Watch the lines that fall below 0.1 nats."
    ),
    presets=PRESETS,
    api_name="hierarchy",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    answer=View.to_dict,
    snippet=snippet,
    thumbnail=thumbnail,
    act=act,
    sketch=_sketch,
    measures=MEASURES,
    folder=Path(__file__).parent,
    panel_of="sampling",
    title="Posterior collapse",
    keeps=("beside", "speed"),
    pauses=True,
    pace=pace,
)
