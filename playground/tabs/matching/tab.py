"""Where the matching tab's main panel is placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.matching.cards import scores_html
from playground.tabs.matching.pair_acts import act
from playground.tabs.matching.presets import PRESETS
from playground.tabs.matching.reasons import alignment_figure, alignment_switch, reasons_html, thumbnail
from playground.tabs.matching.request import MatchingRequest
from playground.tabs.matching.snippet import snippet
from playground.tabs.matching.trace import Trace, fold
from playground.ui.acts import acting_html
from playground.ui.live_plot import LivePlot
from playground.ui.tab_view import TabView


def _engine() -> Engine:
    from playground.tabs.matching import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [acting_html(elem_classes="matching"), LivePlot(elem_classes="card"), gr.HTML(apply_default_css=False)]


def _draw(trace: Trace | None, request: MatchingRequest, language: str) -> list[Any]:
    trace = trace or Trace()
    return [
        scores_html(trace, request, language) + alignment_switch(trace, request, language),
        alignment_figure(trace, request, language),
        reasons_html(trace, request, language),
    ]


def _download(trace: Trace, request: MatchingRequest) -> dict[str, bytes]:
    return {"pair.json": trace.to_json(), "pair.csv": trace.to_csv()}


VIEW = TabView(
    tab=Tab("matching", MatchingRequest, _engine),
    question="Two texts: one vector each, or read together?",
    lead=(
        "One pair, every method at once. A number alone says little: look at where it stands among random pairs, "
        "and at which words made it."
    ),
    presets=PRESETS,
    api_name="match",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    answer=Trace.to_dict,
    snippet=snippet,
    thumbnail=thumbnail,
    model_task="sentence-embedding",
    title="Pair",
    act=act,
    keeps=("aligned", "criterion"),
    typed=("a", "b"),
    folder=Path(__file__).parent,
)
