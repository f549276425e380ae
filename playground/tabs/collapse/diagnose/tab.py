"""Where the panel's parts are placed on the page."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import fields
from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Frame, Tab
from playground.tabs.collapse.diagnose.cards import card_value, remarks_html
from playground.tabs.collapse.diagnose.figures import spectrum_figure
from playground.tabs.collapse.diagnose.frames import Diagnosed
from playground.tabs.collapse.diagnose.request import DiagnoseRequest
from playground.ui.live_plot import LivePlot
from playground.ui.point_clouds import PointClouds
from playground.ui.tab_view import Preset, TabView

NUMBERS = ("std", "rank", "participation", "knn", "chance", "alignment", "uniformity", "loss")
SNIPPET = """\
{outputs}

from playground.tabs.collapse.diagnosis import diagnose
from playground.tabs.collapse.verdict import Reading, verdict

seen = diagnose(outputs{labels})
print(seen.std, seen.rank, seen.participation, seen.knn, seen.uniformity)
reading = Reading(outputs.shape[1], seen.std, seen.rank, knn=seen.knn{loss}, rows=len(outputs))
print(verdict(reading).kind, "-", verdict(reading).reason)
"""
EXAMPLE = """\
from playground.tabs.collapse.diagnose.examples import example

outputs, labels = example({name!r}, seed={seed})"""
FILE = """\
import numpy as np

outputs = np.load({name!r}, allow_pickle=False)"""
TABLE = """\
import numpy as np

outputs = np.loadtxt({name!r}, delimiter=",")"""


def _engine() -> Engine:
    from playground.tabs.collapse.diagnose import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [PointClouds(), LivePlot(height=260, elem_classes="card"), gr.HTML(apply_default_css=False)]


def _fold(view: Diagnosed | None, frame: Frame) -> Diagnosed | None:
    return frame if isinstance(frame, Diagnosed) else view


def _draw(view: Diagnosed | None, request: DiagnoseRequest, language: str) -> list[Any]:
    return [
        card_value(view, language),
        spectrum_figure(view, language),
        remarks_html(view, request, language),
    ]


def _answer(view: Diagnosed) -> dict[str, Any]:
    """The diagnosis as plain JSON values; null stands for what there is none of."""
    verdict = view.verdict()
    counts = {field.name: getattr(view, field.name) for field in fields(view) if field.type in ("int", "str", "bool")}
    numbers = {name: getattr(view, name) for name in NUMBERS}
    return {
        "verdict": verdict.kind,
        "reason": str(verdict.reason),
        **counts,
        **{name: value if math.isfinite(value) else None for name, value in numbers.items()},
        "spectrum": view.spectrum.tolist(),
        "notes": [str(note) for note in view.notes()],
    }


def _download(view: Diagnosed, request: DiagnoseRequest) -> dict[str, bytes]:
    answer, file = _answer(view), io.StringIO()
    table = csv.writer(file)
    table.writerows((name, value) for name, value in answer.items() if not isinstance(value, list))
    as_json = json.dumps(answer, ensure_ascii=False, indent=1).encode()
    return {"diagnosis.json": as_json, "diagnosis.csv": file.getvalue().encode()}


def _snippet(request: DiagnoseRequest) -> str:
    """The same numbers from our own functions."""
    loss = "" if request.loss is None else f", loss={request.loss!r}"
    if not request.is_own():
        outputs = EXAMPLE.format(name=request.example, seed=request.seed)
        return SNIPPET.format(outputs=outputs, labels=", labels", loss=loss)
    name = "outputs.csv" if request.embeddings is None else request.embeddings.name
    outputs = (FILE if name.lower().endswith(".npy") else TABLE).format(name=name)
    return SNIPPET.format(outputs=outputs, labels="", loss=loss)


PRESETS = (
    Preset("Behind a BatchNorm", DiagnoseRequest(example="behind-batch-norm", batch_norm=True)),
    Preset("Healthy", DiagnoseRequest()),
    Preset("Complete collapse", DiagnoseRequest(example="complete-collapse")),
    Preset("One direction", DiagnoseRequest(example="one-direction")),
)

VIEW = TabView(
    tab=Tab("collapse-diagnose", DiagnoseRequest, _engine),
    question="Has my run collapsed?",
    lead=(
        "Upload or paste the outputs of your network, one row an input: they get the measures and the verdict of a "
        "training here. The examples show what each kind of collapse looks like."
    ),
    presets=PRESETS,
    api_name="diagnose",
    outputs=_outputs,
    fold=_fold,
    draw=_draw,
    download=_download,
    answer=_answer,
    snippet=_snippet,
    folder=Path(__file__).parent,
    panel_of="collapse",
    title="Diagnose my run",
)
