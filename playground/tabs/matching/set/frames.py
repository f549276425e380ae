"""What a run tells: which pairs, and what each method's scores of them come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PairsGiven(Frame):
    """The pairs: texts `a` and `b` of each, none where only scores came; `labels` (N,) and which are reported on (N,).

    Labels from `boundary` on count as alike. `methods` are those that follow, `missing` asked for but not here.
    `notes` are sentences, each a template with its values.
    """

    name: str
    own: bool
    a: tuple[str, ...]
    b: tuple[str, ...]
    labels: Floats
    report: npt.NDArray[np.bool_]
    low: float
    high: float
    boundary: float
    methods: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[tuple[str, Mapping[str, str]], ...]


@dataclass(frozen=True)
class MethodJudged(Frame):
    """One method's scores (N,), the threshold chosen on one part, and what it is worth on the other.

    Correlations, average precision and the area are of the reported part. `best` is the threshold, its value for the
    goal where it was chosen, and the plateau's low and high; `interval` holds the middle 95 % of thresholds chosen on
    resampled pairs, `report_interval` of the goal's value on resampled reported pairs. `chosen` and `reported` count
    hits, misses, false alarms and rejections. `exact` and `published` are a threshold, its accuracy where it was chosen
    and where it is reported; `tried` (T, 2) are the thresholds that the published search looked at, and the accuracy of
    each. What is drawn: the histogram of the reported part between `edges` (B + 1,); hits and false alarms there at
    every one of the `levels` (G,); goal and accuracy at these levels on the part that was chosen on; the ROC curve.
    """

    method: str
    scores: Floats
    spearman: float
    pearson: float
    average_precision: float
    area: float
    best: tuple[float, float, float, float]
    interval: tuple[float, float]
    report_value: float
    report_interval: tuple[float, float]
    chosen: tuple[int, int, int, int]
    reported: tuple[int, int, int, int]
    exact: tuple[float, float, float]
    published: tuple[float, float, float]
    tried: Floats
    edges: Floats
    alike: Counts
    different: Counts
    levels: Floats
    hits: Counts
    false_alarms: Counts
    goal_curve: Floats
    accuracy_curve: Floats
    roc: Floats


def told(notes: Any) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """Notes as a frame holds them."""
    return tuple((note.message, {key: str(value) for key, value in note.values.items()}) for note in notes)
