"""The threshold that is best on given pairs, exactly: every cut between two scores is tried by one sorted sweep.

A pair is called alike where its score is at least the threshold. N scores have at most N + 1 cuts, since equal scores
fall together; sorting them costs O(N log N), judging all cuts O(N). The published way is an optimiser
instead: see published_search.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from playground.tabs.matching.metrics import Bools, Floats, tie_ends

Goal = Literal["accuracy", "f1", "mcc", "cost"]
GOALS: tuple[Goal, ...] = get_args(Goal)


@dataclass(frozen=True)
class Cuts:
    """Every way to cut scores in two, from none called alike to all, K + 1 of K different scores.

    The pairs called alike at cut k score `highs[k]` or more, the others `lows[k]` or less; the first high and the last
    low are infinite. `hits` and `false_alarms` (K + 1,) count the alike and the different pairs that are called alike.
    """

    lows: Floats
    highs: Floats
    hits: Floats
    false_alarms: Floats
    alike: float
    different: float

    def values(self, goal: Goal, ratio: float = 1.0) -> Floats:
        """How good each cut is (K + 1,), higher is better: the measure, or minus the mean cost of a pair.

        `ratio` is what a false alarm costs where a miss costs 1.
        """
        hits, alarms, count = self.hits, self.false_alarms, self.alike + self.different
        misses = self.alike - hits
        if goal == "accuracy":
            return np.asarray((hits + self.different - alarms) / count)
        if goal == "f1":
            return np.asarray(2 * hits / np.maximum(2 * hits + alarms + misses, 1))
        if goal == "cost":
            return np.asarray(-(misses + ratio * alarms) / count)
        called = hits + alarms
        spread = np.sqrt(self.alike) * np.sqrt(self.different) * np.sqrt(called) * np.sqrt(count - called)
        product = hits * (self.different - alarms) - alarms * misses
        mcc: Floats = np.divide(product, spread, out=np.zeros_like(product), where=spread > 0)
        return mcc


@dataclass(frozen=True)
class Best:
    """A best threshold, the `value` of the goal there, and the plateau (low, high) on which it is the same.

    The plateau reaches to infinity where calling all pairs alike, or none, is best.
    """

    threshold: float
    value: float
    low: float
    high: float


class Sweep:
    """Sorted scores (N,) with their labels: all cuts, and those of resampled pairs without sorting again."""

    def __init__(self, scores: npt.ArrayLike, alike: npt.ArrayLike) -> None:
        scores, alike = np.asarray(scores, float), np.asarray(alike, bool)
        self._order = np.argsort(-scores)
        ordered = scores[self._order]
        self._ends = tie_ends(ordered)
        self._alike: Bools = alike[self._order]
        self._distinct = ordered[self._ends]

    def cuts(self, weights: Floats | None = None) -> Cuts:
        """All cuts; with `weights` (N,), of pairs that count so many times each, in the order of the sorted scores."""
        ones = np.ones(len(self._alike)) if weights is None else weights
        hits = np.concatenate(([0.0], np.cumsum(ones * self._alike)[self._ends]))
        called = np.concatenate(([0.0], np.cumsum(ones)[self._ends]))
        alarms = called - hits
        lows, highs = np.append(self._distinct, -np.inf), np.append(np.inf, self._distinct)
        return Cuts(lows, highs, hits, alarms, float(hits[-1]), float(alarms[-1]))

    def resampled(self, times: int, seed: int) -> Iterator[Cuts]:
        """The cuts of N pairs drawn with replacement, again and again (the bootstrap)."""
        generator, count = np.random.default_rng(seed), len(self._alike)
        for _ in range(times):
            yield self.cuts(np.bincount(generator.integers(count, size=count), minlength=count).astype(float))


def best_of(cuts: Cuts, goal: Goal, ratio: float = 1.0) -> Best:
    """The best cut; among equally good ones the middle of the widest plateau between the least and the most score."""
    values = cuts.values(goal, ratio)
    best = values == values.max()
    starts = np.flatnonzero(best & ~np.append(False, best[:-1]))
    ends = np.flatnonzero(best & ~np.append(best[1:], False))
    highs, lows = cuts.highs[starts], cuts.lows[ends]
    inner_highs, inner_lows = np.minimum(highs, cuts.lows[0]), np.maximum(lows, cuts.highs[-1])
    widest = int(np.argmax(inner_highs - inner_lows))
    low, high = float(inner_lows[widest]), float(inner_highs[widest])
    threshold = between(low, high) if low < high else _outside(float(lows[widest]), float(highs[widest]))
    return Best(threshold, float(values[starts[widest]]), float(lows[widest]), float(highs[widest]))


def between(low: float, high: float) -> float:
    """The middle of two numbers, or the higher one where there is none."""
    middle = low / 2 + high / 2
    return middle if low < middle <= high else high


def interval(values: npt.ArrayLike) -> tuple[float, float]:
    """The middle 95 % of resampled values, of which some may be infinite."""
    low, high = np.quantile(np.asarray(values, float), (0.025, 0.975), method="inverted_cdf")
    return float(low), float(high)


def _outside(low: float, high: float) -> float:
    """A threshold above all scores or below them."""
    return high if math.isinf(high) else low
