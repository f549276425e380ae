"""How well scores tell pairs that are alike: measures of the order, and of a decision.

`scores` (N,) rise with likeness; `labels` (N,) are graded, `alike` (N,) is bool. A measure that does not exist, because
all scores or all labels are equal, is nan.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def pearson(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """The linear correlation, -1 to 1."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    if x.size == 0 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return math.nan
    x, y = _standard(x), _standard(y)
    return float(np.clip(x @ y, -1, 1))


def spearman(scores: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """The correlation of the ranks, equal values sharing their mean rank."""
    return pearson(ranks(scores), ranks(labels))


def ranks(values: npt.ArrayLike) -> Floats:
    """Ranks (N,) from 1, equal values sharing their mean rank."""
    _, place, count = np.unique(np.asarray(values, float), return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    mean: Floats = (2 * last - count + 1) / 2
    return mean[place]


def average_precision(scores: npt.ArrayLike, alike: npt.ArrayLike) -> float:
    """The precision at every cut, weighted by how much recall the cut adds; equal scores are one cut."""
    curve = roc_curve(scores, alike)
    if curve.alike == 0:
        return math.nan
    hits, alarms = curve.hits[1:] * curve.alike, curve.false_alarms[1:] * curve.different
    return float(np.sum(np.diff(curve.hits) * hits / (hits + alarms)))


@dataclass(frozen=True)
class RocCurve:
    """Shares of the alike pairs that are found, and of the different ones that are falsely called alike.

    One point a cut, from none called alike to all; `thresholds` are the scores from which on a pair is called alike.
    """

    hits: Floats
    false_alarms: Floats
    thresholds: Floats
    alike: int
    different: int

    @property
    def area(self) -> float:
        """The chance that an alike pair scores above a different one, a tie counting half."""
        if not self.alike or not self.different:
            return math.nan
        return float(np.trapezoid(self.hits, self.false_alarms))


def roc_curve(scores: npt.ArrayLike, alike: npt.ArrayLike) -> RocCurve:
    """The curve over all cuts; equal scores fall together."""
    scores, alike = np.asarray(scores, float), np.asarray(alike, bool)
    order = np.argsort(-scores, kind="stable")
    ends = tie_ends(scores[order])
    hits = np.concatenate(([0], np.cumsum(alike[order])[ends]))
    alarms = np.concatenate(([0], ends + 1)) - hits
    positives, negatives = int(alike.sum()), int((~alike).sum())
    thresholds = np.concatenate(([np.inf], scores[order][ends]))
    return RocCurve(hits / max(positives, 1), alarms / max(negatives, 1), thresholds, positives, negatives)


def tie_ends(ordered: Floats) -> npt.NDArray[np.intp]:
    """The last place of every run of equal values in sorted ones."""
    return np.flatnonzero(np.append(ordered[1:] != ordered[:-1], ordered.size > 0))


@dataclass(frozen=True)
class Confusion:
    """What a decision comes to: alike pairs found and missed, different ones falsely called alike and left alone."""

    hits: int
    misses: int
    false_alarms: int
    rejections: int

    @classmethod
    def at(cls, threshold: float, scores: npt.ArrayLike, alike: npt.ArrayLike) -> Confusion:
        """Of calling a pair alike from `threshold` on."""
        called, alike = np.asarray(scores, float) >= threshold, np.asarray(alike, bool)
        hits, alarms = int((called & alike).sum()), int((called & ~alike).sum())
        return cls(hits, int(alike.sum()) - hits, alarms, int((~alike).sum()) - alarms)

    @property
    def accuracy(self) -> float:
        """The share of right decisions."""
        return _ratio(self.hits + self.rejections, self.count)

    @property
    def precision(self) -> float:
        """The share of alike pairs among those called alike."""
        return _ratio(self.hits, self.hits + self.false_alarms)

    @property
    def recall(self) -> float:
        """The share of the alike pairs that are found."""
        return _ratio(self.hits, self.hits + self.misses)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 0 where no alike pair is found."""
        return 2 * self.hits / max(2 * self.hits + self.false_alarms + self.misses, 1)

    @property
    def mcc(self) -> float:
        """Matthews' correlation of decision and label; 0 where either is always the same."""
        found, called = self.hits + self.misses, self.hits + self.false_alarms
        spread = math.sqrt(found) * math.sqrt(self.count - found) * math.sqrt(called) * math.sqrt(self.count - called)
        product = self.hits * self.rejections - self.false_alarms * self.misses
        return product / spread if spread else 0.0

    def cost(self, ratio: float) -> float:
        """The mean cost of a pair where a miss costs 1 and a false alarm `ratio`."""
        return _ratio(self.misses + ratio * self.false_alarms, self.count)

    @property
    def count(self) -> int:
        """How many pairs were decided."""
        return self.hits + self.misses + self.false_alarms + self.rejections


def _standard(values: Floats) -> Floats:
    """Centred, of length 1; divided first by the largest, so that nothing over- or underflows."""
    centred = values / np.abs(values).max() if values.any() else values
    centred = centred - centred.mean()
    length = float(np.linalg.norm(centred))
    unit: Floats = centred / length if length else centred
    return unit


def _ratio(part: float, whole: int) -> float:
    return part / whole if whole else math.nan
