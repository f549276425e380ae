"""Where the panel's parts are placed on the page."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.prompting.few_shot.cards import details_html, results_html
from playground.tabs.prompting.few_shot.figures import curve_figure, loss_figure
from playground.tabs.prompting.few_shot.presets import PRESETS
from playground.tabs.prompting.few_shot.request import FewShotRequest
from playground.tabs.prompting.few_shot.snippet import snippet
from playground.tabs.prompting.few_shot.view import View, fold
from playground.ui.live_plot import LivePlot
from playground.ui.tab_view import File, Measure, TabView


def _engine() -> Engine:
    from playground.tabs.prompting.few_shot import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [
        LivePlot(height=440, elem_classes="card"),
        gr.HTML(elem_classes="rows", apply_default_css=False),
        LivePlot(height=260, elem_classes="card"),
        gr.HTML(elem_classes="rows", apply_default_css=False),
    ]


def _draw(view: View | None, request: FewShotRequest, language: str) -> list[Any]:
    view = view or View()
    return [
        curve_figure(view, request, language),
        results_html(view, request, language),
        loss_figure(view, language),
        details_html(view, language),
    ]


def _download(view: View, request: FewShotRequest) -> dict[str, File]:
    from playground.tabs.prompting.few_shot.take_away import classifier_zip

    return {
        "few-shot.json": view.to_json(request),
        "few-shot.csv": view.to_csv(),
        "prompt-classifier.zip": partial(classifier_zip, view, request),
    }


def _accuracies(view: View) -> str:
    """The mean of every method at its largest K, as a claim is measured again."""
    curves = {method: view.curve(method) for method in dict.fromkeys(training.method for training in view.results)}
    return "; ".join(f"{method} {curve[-1].mean:.1%}" for method, curve in curves.items())


MEASURES = {"sixteen-labels": Measure(PRESETS[1].request, _accuracies)}

VIEW = TabView(
    tab=Tab("prompting-few-shot", FewShotRequest, _engine),
    question="How far do a few labels go?",
    lead=(
        "The same few labelled texts, learnt by a masked language model through patterns and by its rivals without. "
        "Watch which curve is above with one, four or sixteen labels of each class, and how wide the intervals are."
    ),
    presets=PRESETS,
    api_name="few_shot",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    answer=View.to_dict,
    snippet=snippet,
    folder=Path(__file__).parent,
    model_task="masked-lm",
    measures=MEASURES,
    panel_of="prompting",
    title="Few-shot",
    pauses=True,
    downloads=(".json", ".csv", ".zip"),
)
