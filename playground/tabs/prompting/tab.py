"""Where the prompting tab's main panel is placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.prompting.figures import prior_figure, thumbnail
from playground.tabs.prompting.heat_map import heat_map
from playground.tabs.prompting.presets import PRESETS
from playground.tabs.prompting.request import CALIBRATIONS, PromptingRequest
from playground.tabs.prompting.snippet import snippet
from playground.tabs.prompting.trace import Trace, fold
from playground.tabs.prompting.why import why_html
from playground.ui.frame import TabView
from playground.ui.live_plot import LivePlot
from playground.ui.tab_view import Measure


def _engine() -> Engine:
    from playground.tabs.prompting import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [
        gr.HTML(apply_default_css=False),
        LivePlot(elem_classes="card", height=200),
        gr.HTML(apply_default_css=False),
    ]


def _draw(trace: Trace | None, request: PromptingRequest, language: str) -> list[Any]:
    trace = trace or Trace()
    return [
        heat_map(trace, request, language),
        prior_figure(trace, language),
        why_html(trace, request, language),
    ]


def _download(trace: Trace, request: PromptingRequest) -> dict[str, bytes]:
    return {"classified.json": trace.to_json(), "classified.csv": trace.to_csv()}


def _accuracies(trace: Trace) -> str:
    """The mean ensemble's accuracy by calibration, as a claim is measured again."""
    if trace.answers is None:
        return ""
    column = trace.answers.accuracy[:, -2].tolist()
    return "; ".join(f"{name}: {value:.1%}" for name, value in zip(CALIBRATIONS, column, strict=True))


def _patterns(trace: Trace) -> str:
    """Every pattern's accuracy without calibration."""
    if trace.answers is None:
        return ""
    alone = trace.answers.accuracy[0, :-2].tolist()
    return "; ".join(f"P{number}: {value:.1%}" for number, value in enumerate(alone, start=1))


MEASURES = {
    "calibration-rescues": Measure(PRESETS[2].request, _accuracies),
    "patterns-spread-widely": Measure(PRESETS[3].request, _patterns),
    "suffix-below-prefix": Measure(PRESETS[3].request, _patterns),
}

VIEW = TabView(
    tab=Tab("prompting", PromptingRequest, _engine),
    question="How much does a masked language model know with few or no labels?",
    lead=(
        "Turn a text into a sentence with a gap and see which label word fits best. Change the pattern or the words "
        "while you look: the same model may know the answer or only have a favourite word."
    ),
    presets=PRESETS,
    api_name="prompt",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    answer=Trace.to_dict,
    snippet=snippet,
    thumbnail=thumbnail,
    measures=MEASURES,
    model_task="masked-lm",
    title="Classify",
    typed=("texts", "patterns", "verbalizer"),
    folder=Path(__file__).parent,
)
