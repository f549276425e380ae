"""Where the collapse tab's parts are placed on the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.collapse.acts import act
from playground.tabs.collapse.animation import gif
from playground.tabs.collapse.cards import cards_value
from playground.tabs.collapse.figures import metric_figure, metric_switch, spectrum_figure, thumbnail
from playground.tabs.collapse.names import names
from playground.tabs.collapse.presets import PRESETS
from playground.tabs.collapse.request import CollapseRequest
from playground.tabs.collapse.snippet import snippet
from playground.tabs.collapse.transport import transport_html
from playground.tabs.collapse.view import View, fold
from playground.ui.acts import acting_html
from playground.ui.frame import TabView
from playground.ui.live_plot import LivePlot
from playground.ui.point_clouds import PointClouds
from playground.ui.tab_view import Measure
from playground.ui.transport import pace


def _engine() -> Engine:
    from playground.tabs.collapse import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [
        acting_html(),
        PointClouds(),
        acting_html(elem_classes="curve-switch"),
        LivePlot(elem_classes="card"),
        LivePlot(elem_classes="card"),
    ]


def _draw(view: View | None, request: CollapseRequest, language: str, live: bool = False) -> list[Any]:
    view = view or View()
    return [
        transport_html(request, language),
        cards_value(view, request, language, live=live),
        metric_switch(request.metric, language),
        metric_figure(view, request, language),
        spectrum_figure(view, request, language, live=live),
    ]


def _sketch(view: View | None, request: CollapseRequest, language: str) -> list[Any]:
    """A run that goes on shows its newest picture, whatever the moment."""
    return _draw(view, request, language, live=True)


def _download(view: View, request: CollapseRequest) -> dict[str, bytes | Callable[[], bytes]]:
    titles = names(request, "en")
    return {
        "collapse.json": view.to_json(request.every),
        "collapse.csv": view.to_csv(request.every, titles),
        "collapse.gif": partial(gif, view, request),
    }


def _spreads(view: View) -> str:
    """How every variant ended, as a claim is measured again."""
    last = view.frames[-1]
    pairs = zip(last.std.tolist(), last.rank.tolist(), strict=True)
    return "; ".join(f"std·√d {std:.2f}, RankMe {rank:.1f}" for std, rank in pairs)


MEASURES = {
    "stop-gradient": Measure(PRESETS[0].request, _spreads),
    "std-shows-collapse": Measure(PRESETS[1].request, _spreads),
}

VIEW = TabView(
    tab=Tab("collapse", CollapseRequest, _engine),
    question="Why does SimSiam not collapse, and what makes it collapse?",
    lead=(
        "Trained live, up to four variants on the same seed and batches. Watch the clouds: without the "
        "stop-gradient they shrink to a point, or hide it from the usual measure."
    ),
    presets=PRESETS,
    api_name="collapse",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    answer=View.to_dict,
    snippet=snippet,
    thumbnail=thumbnail,
    title="Train",
    act=act,
    sketch=_sketch,
    measures=MEASURES,
    folder=Path(__file__).parent,
    keeps=("beside", "metric", "speed"),
    pauses=True,
    downloads=(".json", ".csv", ".gif"),
    pace=pace,
)
