"""Where the panel's parts are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.matching.matrix.cards import cards_html
from playground.tabs.matching.matrix.figures import figure
from playground.tabs.matching.matrix.request import MatrixRequest
from playground.tabs.matching.matrix.snippet import snippet
from playground.tabs.matching.matrix.view import STAGES, View, fold
from playground.ui.live_plot import LivePlot
from playground.ui.tab_view import Measure, Preset, TabView


def _engine() -> Engine:
    from playground.tabs.matching.matrix import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [LivePlot(elem_classes="card"), gr.HTML(elem_classes="rows", apply_default_css=False)]


def _draw(view: View | None, request: MatrixRequest, language: str) -> list[Any]:
    view = view or View()
    return [figure(view, request, language), cards_html(view, request, language)]


def _download(view: View, request: MatrixRequest) -> dict[str, bytes]:
    return {f"{request.exhibit}.json": view.to_json(request), f"{request.exhibit}.csv": view.to_csv(request)}


PRESETS = (
    Preset("Who says the same?", MatrixRequest()),
    Preset("Topics on a plane", MatrixRequest(exhibit="map")),
    Preset("Find the right message", MatrixRequest(exhibit="search")),
    Preset("同义不同词", MatrixRequest(collection="messages-zh", query="进不去我的账号")),
    Preset(
        "Does reading together pay?",
        MatrixRequest(exhibit="quality", collection="stsb-en", query="A dog is running"),
    ),
)


def _quality(view: View) -> str:
    """How each stage answers, as a claim is measured again."""
    told = zip(STAGES, view.qualities(), strict=False)
    return "; ".join(f"{stage} {own.first:.0%}, {own.reciprocal_rank:.3f}" for stage, own in told)


MEASURES = {"two-stages": Measure(PRESETS[-1].request, _quality)}

VIEW = TabView(
    tab=Tab("matching-matrix", MatrixRequest, _engine),
    question="Which of many texts say the same?",
    lead=(
        "One vector a text makes all pairs cheap: clusters, near-duplicates, outliers, a search. "
        "Watch what the cross-encoder changes once it has read the candidates."
    ),
    presets=PRESETS,
    api_name="match_matrix",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    snippet=snippet,
    answer=View.to_dict,
    model_task="sentence-embedding",
    measures=MEASURES,
    folder=Path(__file__).parent,
    panel_of="matching",
    title="Matrix",
    typed=("query",),
)
