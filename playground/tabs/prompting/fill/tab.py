"""Where the panel's parts are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.prompting.fill.acts import act
from playground.tabs.prompting.fill.cards import cards_html
from playground.tabs.prompting.fill.figures import figure
from playground.tabs.prompting.fill.presets import PRESETS
from playground.tabs.prompting.fill.request import FillRequest
from playground.tabs.prompting.fill.snippet import snippet
from playground.tabs.prompting.fill.trace import Trace, fold
from playground.ui.acts import acting_html
from playground.ui.live_plot import LivePlot
from playground.ui.tab_view import Measure, TabView


def _engine() -> Engine:
    from playground.tabs.prompting.fill import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [acting_html(elem_classes="filling"), LivePlot(elem_classes="card")]


def _draw(trace: Trace | None, request: FillRequest, language: str) -> list[Any]:
    trace = trace or Trace()
    return [cards_html(trace, request, language), figure(trace, language)]


def _download(trace: Trace, request: FillRequest) -> dict[str, bytes]:
    return {"fill.json": trace.to_json(), "fill.csv": trace.to_csv(request.gap)}


def _orders(trace: Trace) -> str:
    """The log-probability of the text's filling in the three orders."""
    sums = (f"{filled.order} {filled.log_probability.sum():.2f}" for filled in trace.fillings)
    return "; ".join(sums).replace("-", "−")


MEASURES = {"orders-differ": Measure(PRESETS[2].request, _orders)}

VIEW = TabView(
    tab=Tab("prompting-fill", FillRequest, _engine),
    question="What would the model write in the gap?",
    lead=(
        "Write [MASK] where a word is missing. Watch which words are several tokens to the model: "
        "a single mask cannot hold them, so they are read piece by piece, in three orders."
    ),
    presets=PRESETS,
    api_name="fill",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    snippet=snippet,
    answer=Trace.to_dict,
    model_task="masked-lm",
    measures=MEASURES,
    act=act,
    folder=Path(__file__).parent,
    panel_of="prompting",
    title="Fill in",
)
