"""Where the panel's parts are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.matching.train.cards import cards_html, scrubber
from playground.tabs.matching.train.figures import curve_figure, histogram_figure, map_figures, shown_switch
from playground.tabs.matching.train.presets import PRESETS
from playground.tabs.matching.train.request import MOST_STEPS, MatchingTrainRequest
from playground.tabs.matching.train.snippet import snippet
from playground.tabs.matching.train.view import View, fold
from playground.ui.acts import acting_html
from playground.ui.live_plot import LivePlot
from playground.ui.scrubber import ScrubberBar
from playground.ui.tab_view import Measure, TabView
from playground.ui.transport import Transport, pace, transport_html

PLAY = 180  # steps


def _engine() -> Engine:
    from playground.tabs.matching.train import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    bar, slider = acting_html(), ScrubberBar()
    curve, cards = LivePlot(elem_classes="card"), gr.HTML(apply_default_css=False)
    switch = acting_html(elem_classes="curve-switch")
    with gr.Row(equal_height=True, elem_classes="pair"):
        maps = [LivePlot(elem_classes="card") for _ in range(2)]
    return [bar, slider, curve, cards, switch, *maps, LivePlot(elem_classes="card")]


def _draw(view: View | None, request: MatchingTrainRequest, language: str, live: bool = False) -> list[Any]:
    view = view or View()
    return [
        transport_html(request, MOST_STEPS, language),
        scrubber(view, request, language, live=live),
        curve_figure(view, request, language),
        cards_html(view, request, language, live=live),
        shown_switch(request, language),
        *map_figures(view, request, language, live=live),
        histogram_figure(view, request, language, live=live),
    ]


def _sketch(view: View | None, request: MatchingTrainRequest, language: str) -> list[Any]:
    """A run that goes on shows its newest picture, whatever the moment."""
    return _draw(view, request, language, live=True)


def _download(view: View, request: MatchingTrainRequest) -> dict[str, bytes]:
    return {"matching-train.json": view.to_json(request), "matching-train.csv": view.to_csv(request)}


def _rankings(view: View) -> str:
    """Accuracy and validation Spearman of every loss, at the start and at the end."""
    if view.start is None or not view.frames:
        return ""
    first, last = view.frames[0], view.frames[-1]
    return "; ".join(
        f"{loss} {first.accuracy[place]:.1%} → {last.accuracy[place]:.1%}, "
        f"{100 * first.spearman[place]:.1f} → {100 * last.spearman[place]:.1f}"
        for place, loss in enumerate(view.start.losses)
    )


MEASURES = {
    "training-and-prediction-disagree": Measure(PRESETS[0].request, _rankings),
    "cosent-learns-the-order": Measure(PRESETS[1].request, _rankings),
    "naive-cosines-collapse": Measure(PRESETS[2].request, _rankings),
}

VIEW = TabView(
    tab=Tab("matching-train", MatchingTrainRequest, _engine),
    question="Why can a loss fall while the ranking gets worse?",
    lead=(
        "The same pairs and the same start, trained by several losses. Watch SBERT: its classifier gets more and more "
        "training pairs right, while the cosine, by which pairs are compared afterwards, ranks others worse."
    ),
    presets=PRESETS,
    api_name="matching_train",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    answer=View.to_dict,
    snippet=snippet,
    act=Transport(MOST_STEPS, PLAY).act,
    sketch=_sketch,
    measures=MEASURES,
    folder=Path(__file__).parent,
    panel_of="matching",
    title="Train",
    keeps=("speed", "shown"),
    pauses=True,
    pace=pace,
)
