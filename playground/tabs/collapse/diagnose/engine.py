"""The engine of the panel: reads, and measures once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from playground.runtime.contracts import Context, Frame
from playground.tabs.collapse.diagnose.frames import Diagnosed
from playground.tabs.collapse.diagnose.given import Given, given
from playground.tabs.collapse.diagnose.request import DiagnoseRequest
from playground.tabs.collapse.diagnosis import diagnose

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, Diagnosed)

MOST_MEASURED = 2_048  # rows
WIDE = 1_024  # columns; with more, half as many rows are measured: eigenvalues cost the cube of the smaller side


def run(request: DiagnoseRequest, context: Context) -> Iterator[Frame]:
    """Diagnose what the request gives; ends early when the run is cancelled."""
    found = given(request, context.attachment)
    yield Frame(0.5)
    if not context.cancelled:
        yield _diagnosed(request, found, _chosen(found, request.seed))


def _chosen(found: Given, seed: int) -> Given:
    """As many of the rows as are measured."""
    rows, dimension = found.outputs.shape
    most = MOST_MEASURED if dimension <= WIDE else MOST_MEASURED // 2
    if rows <= most:
        return found
    kept = np.sort(np.random.default_rng(seed).permutation(rows)[:most])
    return replace(
        found,
        outputs=found.outputs[kept],
        labels=None if found.labels is None else found.labels[kept],
        second=None if found.second is None else found.second[kept],
    )


def _diagnosed(request: DiagnoseRequest, found: Given, chosen: Given) -> Diagnosed:
    views = None if chosen.second is None else (chosen.outputs, chosen.second)
    seen = diagnose(chosen.outputs, chosen.labels, views)
    measured, dimension = chosen.outputs.shape
    labels = np.zeros(measured, np.int64) if chosen.labels is None else chosen.labels
    return Diagnosed(
        done=1.0,
        example="" if request.is_own() else request.example,
        rows=len(found.outputs),
        left_out=found.left_out,
        index_column=found.index_column,
        measured=measured,
        dimension=dimension,
        std=seen.std,
        rank=seen.rank,
        participation=seen.participation,
        knn=seen.knn,
        chance=math.nan if chosen.labels is None else float(np.bincount(labels).max() / measured),
        alignment=seen.alignment,
        uniformity=seen.uniformity,
        loss=math.nan if request.loss is None else request.loss,
        spectrum=seen.spectrum.astype(np.float32),
        points=seen.points.astype(np.float16),
        classes=found.classes,
        labels=labels,
    )
