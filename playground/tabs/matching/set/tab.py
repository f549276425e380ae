"""Where the panel's parts are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.matching.set.cards import mistakes_html, results_html, search_html
from playground.tabs.matching.set.figures import curve_figure, roc_figure
from playground.tabs.matching.set.histogram import SCRIPT, histogram_html
from playground.tabs.matching.set.presets import PRESETS
from playground.tabs.matching.set.request import MatchingSetRequest
from playground.tabs.matching.set.snippet import snippet
from playground.tabs.matching.set.view import View, fold
from playground.ui.acts import acting_html
from playground.ui.live_plot import LivePlot
from playground.ui.tab_view import Click, Measure, TabView


def _engine() -> Engine:
    from playground.tabs.matching.set import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    results = gr.HTML(apply_default_css=False)
    histogram = acting_html(script=SCRIPT)
    with gr.Row(equal_height=True, elem_classes="pair"):
        curve, roc = LivePlot(height=370, elem_classes="card"), LivePlot(height=370, elem_classes="card")
    return [results, histogram, curve, roc, gr.HTML(apply_default_css=False), gr.HTML(apply_default_css=False)]


def _draw(view: View | None, request: MatchingSetRequest, language: str) -> list[Any]:
    view = view or View()
    return [
        results_html(view, request, language),
        histogram_html(view, request, language),
        curve_figure(view, request, language),
        roc_figure(view, language),
        search_html(view, language),
        mistakes_html(view, request, language),
    ]


def _download(view: View, request: MatchingSetRequest) -> dict[str, bytes]:
    return {"matching-set.json": view.to_json(request), "matching-set.csv": view.to_csv()}


def act(request: MatchingSetRequest, click: Click) -> MatchingSetRequest:
    """The shown request with another method drawn; LookupError, ValueError or TypeError for what asks for nothing."""
    if click.data["act"] != "show":
        raise ValueError("no act of this panel")
    return request.with_(shown=click.data["method"])


def _searched(view: View) -> str:
    """Accuracy that the published search finds and the exact one, as a claim is measured again."""
    return "; ".join(
        f"{name} {judged.published[1]:.1%}, exact {judged.exact[1]:.1%}" for name, judged in view.methods.items()
    )


MEASURES = {"published-search": Measure(PRESETS[1].request, _searched)}

VIEW = TabView(
    tab=Tab("matching-set", MatchingSetRequest, _engine),
    question="From which score on are two texts alike?",
    lead=(
        "Labelled pairs, scored by several methods. Each method has its own threshold: it is found exactly on one part "
        "of the pairs and reported on the other. Drag the line, and watch what a wrong threshold costs."
    ),
    presets=PRESETS,
    api_name="match_set",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    answer=View.to_dict,
    snippet=snippet,
    folder=Path(__file__).parent,
    measures=MEASURES,
    panel_of="matching",
    title="Set and threshold",
    act=act,
    model_task="sentence-embedding",
)
