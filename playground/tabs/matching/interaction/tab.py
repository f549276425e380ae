"""Where the panel's parts are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.matching.interaction.cards import costs_html, duration
from playground.tabs.matching.interaction.figures import over_texts, trade_off
from playground.tabs.matching.interaction.request import InteractionRequest
from playground.tabs.matching.interaction.snippet import snippet
from playground.tabs.matching.interaction.view import View, fold
from playground.ui.live_plot import LivePlot
from playground.ui.tab_view import Measure, Preset, TabView


def _engine() -> Engine:
    from playground.tabs.matching.interaction import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [
        LivePlot(height=420, elem_classes="card"),
        LivePlot(height=380, elem_classes="card"),
        gr.HTML(elem_classes="rows", apply_default_css=False),
    ]


def _draw(view: View | None, request: InteractionRequest, language: str) -> list[Any]:
    view = view or View()
    return [
        trade_off(view, request, language),
        over_texts(view, request, language),
        costs_html(view, request, language),
    ]


def _download(view: View, request: InteractionRequest) -> dict[str, bytes]:
    return {"interaction.json": view.to_json(request), "interaction.csv": view.to_csv(request)}


FIRST = InteractionRequest()
PRESETS = (
    Preset("One query, a thousand texts", FIRST),
    Preset("One single pair", InteractionRequest(power=0.0)),
    Preset("A million texts", InteractionRequest(power=6.0)),
    Preset("中文：一千段文本", InteractionRequest(language="zh")),
)


def _seconds(view: View) -> str:
    """What one query against a thousand texts takes, as a claim is measured again."""
    costs = view.costs(FIRST)
    return "; ".join(f"{cost.method} {duration(cost.cached)}" for cost in costs)


MEASURES = {"price-of-interaction": Measure(PRESETS[0].request, _seconds)}

VIEW = TabView(
    tab=Tab("matching-interaction", InteractionRequest, _engine),
    question="What does reading together cost, and what does it bring?",
    lead=(
        "A cross-encoder reads every pair anew; vectors are made once and compared for next to nothing. "
        "Move the slider and watch which marks run away to the right."
    ),
    presets=PRESETS,
    api_name="match_interaction",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    snippet=snippet,
    answer=View.to_dict,
    measures=MEASURES,
    folder=Path(__file__).parent,
    panel_of="matching",
    title="Interaction",
)
