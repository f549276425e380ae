"""Where the panel's parts are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from playground.runtime.contracts import Engine, Tab
from playground.tabs.sampling.critic.batch_cards import batch_cards_html
from playground.tabs.sampling.critic.cards import cards_html, scrubber
from playground.tabs.sampling.critic.figures import curve_switch, figures
from playground.tabs.sampling.critic.presets import PRESETS
from playground.tabs.sampling.critic.request import MOST_STEPS, CriticRequest
from playground.tabs.sampling.critic.snippet import snippet
from playground.tabs.sampling.critic.view import View, fold
from playground.ui.acts import acting_html
from playground.ui.live_plot import LivePlot
from playground.ui.scrubber import ScrubberBar
from playground.ui.tab_view import Measure, TabView
from playground.ui.transport import Transport, pace, transport_html

PLAY = 400  # steps
LAST = 10  # pictures over which an estimate is averaged


def _engine() -> Engine:
    from playground.tabs.sampling.critic import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    parts = [
        acting_html(),
        gr.HTML(apply_default_css=False),
        ScrubberBar(),
        acting_html(elem_classes="curve-switch"),
    ]
    with gr.Row(equal_height=True, elem_classes="pair"):
        plots = [LivePlot(elem_classes="card") for _ in range(2)]
    return [*parts, *plots]


def _draw(view: View | None, request: CriticRequest, language: str, live: bool = False) -> list[Any]:
    view = view or View()
    above: list[Any]
    if request.exhibit == "batches":
        above = ["", batch_cards_html(view, request, language), None, ""]
    else:
        above = [
            transport_html(request, MOST_STEPS, language),
            cards_html(view, request, language, live=live),
            scrubber(view, request, language, live=live),
            curve_switch(request, language),
        ]
    return [*above, *figures(view, request, language)]


def _sketch(view: View | None, request: CriticRequest, language: str) -> list[Any]:
    """A run that goes on shows its newest picture, whatever the moment."""
    return _draw(view, request, language, live=True)


def _download(view: View, request: CriticRequest) -> dict[str, bytes]:
    return {f"{request.exhibit}.json": view.to_json(request), f"{request.exhibit}.csv": view.to_csv(request)}


def _estimates(view: View) -> str:
    """What every critic found of the exact distance, on average over the last pictures."""
    last = view.frames[-LAST:]
    if view.start is None or not last:
        return ""
    means = np.mean([frame.estimate / frame.exact for frame in last], axis=0)
    return ", ".join(f"{critic} {100 * mean:.0f} %" for critic, mean in zip(view.start.critics, means, strict=True))


def _digits(view: View) -> str:
    """Exact distance, Fréchet distance and spread of every generator at the end."""
    if view.start is None or not view.frames:
        return ""
    last = view.frames[-1]
    rows = zip(view.start.critics, last.distance, last.frechet, last.spread, strict=True)
    return "; ".join(f"{critic} W₁ {w:.2f}, FD {fd:.2f}, spread {spread:.2f}" for critic, w, fd, spread in rows)


def _plane(view: View) -> str:
    """Exact distance of every generator's points at the end."""
    if view.start is None or not view.frames:
        return ""
    pairs = zip(view.start.critics, view.frames[-1].distance, strict=True)
    return ", ".join(f"{critic} {distance:.2f}" for critic, distance in pairs)


def _ratios(view: View) -> str:
    """Real to real over real to mean, for every dimension."""
    known = view.sweep("dimension")
    return ", ".join(f"d {each.dimension}: {each.real.mean() / each.mean.mean():.2f}" for each in known)


def _distances(view: View) -> str:
    """The three distances of digits with all their pixels."""
    known = view.sweep("dimension")
    if not known:
        return ""
    last = known[-1]
    return ", ".join(f"{name} {getattr(last, name).mean():.2f}" for name in ("real", "mean", "centres"))


MEASURES = {
    "c-transform-estimates-best": Measure(PRESETS[0].request, _estimates),
    "better-estimate-worse-generator": Measure(PRESETS[1].request, _digits),
    "not-so-in-the-plane": Measure(PRESETS[2].request, _plane),
    "mean-closer-in-high-dimension": Measure(PRESETS[3].request, _ratios),
    "means-of-digits": Measure(PRESETS[4].request, _distances),
}

VIEW = TabView(
    tab=Tab("sampling-critic", CriticRequest, _engine),
    question="Does a WGAN work because it measures the Wasserstein distance?",
    lead=(
        "The exact distance of every batch is computed beside the critics' estimates. The c-transform estimates it "
        "best; then look at what its generator makes of digits, and why blurred ones can be closer than real ones."
    ),
    presets=PRESETS,
    api_name="critic",
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
    title="Wasserstein",
    keeps=("speed", "metric"),
    pauses=True,
    pace=pace,
)
