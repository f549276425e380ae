"""Where the panel's parts are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.sampling.autoencoders.cards import cards_html, scrubber
from playground.tabs.sampling.autoencoders.figures import (
    curve_figure,
    curve_switch,
    histogram_figure,
    quantile_figure,
)
from playground.tabs.sampling.autoencoders.presets import PRESETS
from playground.tabs.sampling.autoencoders.request import MOST_STEPS, AutoencodersRequest
from playground.tabs.sampling.autoencoders.snippet import snippet
from playground.tabs.sampling.autoencoders.view import View, fold
from playground.ui.acts import acting_html
from playground.ui.live_plot import LivePlot
from playground.ui.scrubber import ScrubberBar
from playground.ui.tab_view import Measure, TabView
from playground.ui.transport import Transport, pace, transport_html

PLAY = 400  # steps
SETTLED = AutoencodersRequest(steps=800)


def _engine() -> Engine:
    from playground.tabs.sampling.autoencoders import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    bar, cards = acting_html(), gr.HTML(apply_default_css=False)
    slider = ScrubberBar()
    switch = acting_html(elem_classes="curve-switch")
    curve = LivePlot(elem_classes="card")
    with gr.Row(equal_height=True, elem_classes="pair"):
        codes = [LivePlot(elem_classes="card") for _ in range(2)]
    return [bar, cards, slider, switch, curve, *codes]


def _draw(view: View | None, request: AutoencodersRequest, language: str, live: bool = False) -> list[Any]:
    view = view or View()
    return [
        transport_html(request, MOST_STEPS, language),
        cards_html(view, request, language, live=live),
        scrubber(view, request, language, live=live),
        curve_switch(request, language),
        curve_figure(view, request, language),
        histogram_figure(view, request, language, live=live),
        quantile_figure(view, request, language, live=live),
    ]


def _sketch(view: View | None, request: AutoencodersRequest, language: str) -> list[Any]:
    """A run that goes on shows its newest picture, whatever the moment."""
    return _draw(view, request, language, live=True)


def _download(view: View, request: AutoencodersRequest) -> dict[str, bytes]:
    return {"autoencoders.json": view.to_json(request), "autoencoders.csv": view.to_csv(request)}


def _samplers(view: View) -> str:
    """The Fréchet distances at the end, from N(0, I) and from the mixture, of every treatment."""
    if view.start is None or not view.frames:
        return ""
    pairs = zip(view.start.treatments, view.frames[-1].frechet.tolist(), strict=True)
    return "; ".join(f"{name} {normal:.2f} / {mixture:.2f}" for name, (normal, _, mixture) in pairs)


MEASURES = {
    "noise-or-mixture": Measure(PRESETS[4].request, _samplers),
    "plain-with-mixture": Measure(PRESETS[1].request, _samplers),
    "entropic-autoencoder": Measure(SETTLED, _samplers),
}

VIEW = TabView(
    tab=Tab("sampling-autoencoders", AutoencodersRequest, _engine),
    question="What turns an autoencoder into a generator?",
    lead=(
        "Trained live on the same batches from the same first weights. Look at the samples from N(0, I): BatchNorm on "
        "the code does most, entropy does the rest. A mixture fitted afterwards makes even the plain one look good."
    ),
    presets=PRESETS,
    api_name="autoencoders",
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
    panel_of="sampling",
    title="AE → EAE",
    keeps=("speed", "curve"),
    pauses=True,
    pace=pace,
)
