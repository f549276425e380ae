"""Where the panel's parts are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.collapse.dynamics.cards import cards_html, largest_angle
from playground.tabs.collapse.dynamics.figures import figures
from playground.tabs.collapse.dynamics.request import DynamicsRequest
from playground.tabs.collapse.dynamics.snippet import snippet
from playground.tabs.collapse.dynamics.spectrum_figures import learnt
from playground.tabs.collapse.dynamics.trace import Trace, fold
from playground.ui.frame import Preset, TabView
from playground.ui.live_plot import LivePlot
from playground.ui.tab_view import Measure

PACE = 0.04  # seconds a picture, so that the flow is seen to move


def _engine() -> Engine:
    from playground.tabs.collapse.dynamics import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    card = gr.HTML(apply_default_css=False)
    plots: list[gr.components.Component] = []
    for _ in range(2):
        with gr.Row(equal_height=True, elem_classes="pair"):
            plots += [LivePlot(elem_classes="card") for _ in range(2)]
    return [card, *plots]


def _draw(trace: Trace | None, request: DynamicsRequest, language: str) -> list[Any]:
    trace = trace or Trace()
    return [cards_html(trace, request, language), *figures(trace, request, language)]


def _download(trace: Trace, request: DynamicsRequest) -> dict[str, bytes]:
    return {f"{request.exhibit}.json": trace.to_json(), f"{request.exhibit}.csv": trace.to_csv()}


DIRECTPRED = DynamicsRequest(exhibit="eigenvalues", predictor="directpred", weight_decay=0.05, epsilon=0.2)
PRESETS = (
    Preset("Two numbers", DynamicsRequest()),
    Preset("Stop-gradient is not enough", DynamicsRequest(phi=-0.6, theta=0.4)),
    Preset("Eigenvalues fall into line", DynamicsRequest(exhibit="eigenvalues")),
    Preset("Too much weight decay", DynamicsRequest(exhibit="eigenvalues", weight_decay=0.25)),
    Preset("DirectPred", DIRECTPRED),
)


def _ends(trace: Trace) -> str:
    """Where both flows of the two numbers were at last."""
    if not trace.points:
        return ""
    (phi, theta), (other_phi, other_theta) = trace.points[-1].points.tolist()
    return f"φ = {phi:.5f}, θ = {theta:.5f}; φ = {other_phi:.5f}, θ = {other_theta:.5f}"


def _angles(trace: Trace) -> str:
    """The largest angle at the start and at the end."""
    if not trace.spectra:
        return ""
    return f"{largest_angle(trace.spectra[0])} → {largest_angle(trace.spectra[-1])}"


def _modes_left(trace: Trace) -> str:
    """How many modes did not collapse, and the largest weight decay with a useful fixed point."""
    if not trace.spectra:
        return ""
    last = trace.spectra[-1]
    return f"{sum(learnt(last))} / {len(last.s)}; η < {last.largest_weight_decay:.4f}"


MEASURES = {
    "stop-gradient-keeps-the-encoder": Measure(PRESETS[0].request, _ends),
    "eigenspaces-align": Measure(PRESETS[2].request, _angles),
    "weight-decay-has-a-bound": Measure(PRESETS[3].request, _modes_left),
}

VIEW = TabView(
    tab=Tab("collapse-dynamics", DynamicsRequest, _engine),
    question="Why does the encoder not run to zero?",
    lead=(
        "Watch where the flow comes to rest: with stop-gradient the error is gone before the encoder is, without it "
        "the encoder goes first. With matrices, every eigenvalue decides for itself on which side it starts."
    ),
    presets=PRESETS,
    api_name="collapse_dynamics",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    answer=Trace.to_dict,
    snippet=snippet,
    measures=MEASURES,
    folder=Path(__file__).parent,
    panel_of="collapse",
    title="Dynamics",
    pace=lambda request: PACE,
)
