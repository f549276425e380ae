"""One method's scores, judged: a threshold is chosen on one part of the pairs and reported on the other."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import astuple
from typing import Any

import numpy as np

from playground.tabs.matching.metrics import (
    Bools,
    Confusion,
    Floats,
    RocCurve,
    average_precision,
    pearson,
    roc_curve,
    spearman,
)
from playground.tabs.matching.published_search import published_search
from playground.tabs.matching.set.given import Given
from playground.tabs.matching.set.request import MatchingSetRequest
from playground.tabs.matching.steps import Step
from playground.tabs.matching.thresholds import Cuts, Sweep, best_of, interval

BARS = 40
LEVELS = 501  # where a dragged threshold can stand
ROC_POINTS = 300
AT_ONCE = 200_000  # pairs that are resampled between two steps


def judged(request: MatchingSetRequest, given: Given, scores: Floats) -> Generator[Step, None, dict[str, Any]]:
    """What a MethodJudged frame tells of scores (N,), but for the method and how far the run is."""
    on, off = ~given.report, given.report
    alike = given.alike
    sweep = Sweep(scores[on], alike[on])
    cuts = sweep.cuts()
    best, exact = (best_of(cuts, goal, request.ratio) for goal in (request.goal, "accuracy"))
    yield Step("judge", 0, request.resamples)
    search = published_search(scores[on], alike[on])
    resampled = yield from _thresholds(request, sweep, len(scores[on]))
    decision = Confusion.at(best.threshold, scores[off], alike[off])
    curve = roc_curve(scores[off], alike[off])
    levels = np.linspace(scores.min(), scores.max(), LEVELS)
    hits, false_alarms = _called(curve, levels)
    chosen_at = _nearest_cuts(cuts, levels)
    edges, different, alikes = histogram(scores[off], alike[off], (scores.min(), scores.max()))
    return {
        "scores": scores,
        "spearman": spearman(scores[off], given.labels[off]),
        "pearson": pearson(scores[off], given.labels[off]),
        "average_precision": average_precision(scores[off], alike[off]),
        "area": curve.area,
        "best": (best.threshold, best.value, best.low, best.high),
        "interval": interval(resampled),
        "report_value": value_of(decision, request),
        "report_interval": _report_interval(decision, request),
        "chosen": astuple(Confusion.at(best.threshold, scores[on], alike[on])),
        "reported": astuple(decision),
        "exact": (exact.threshold, exact.value, Confusion.at(exact.threshold, scores[off], alike[off]).accuracy),
        "published": (search.threshold, search.accuracy, _above(search.threshold, scores[off], alike[off])),
        "tried": np.array(search.tried),
        "edges": edges,
        "alike": alikes,
        "different": different,
        "levels": levels,
        "hits": hits,
        "false_alarms": false_alarms,
        "goal_curve": cuts.values(request.goal, request.ratio)[chosen_at],
        "accuracy_curve": cuts.values("accuracy")[chosen_at],
        "roc": _thinned(curve),
    }


def value_of(decision: Confusion, request: MatchingSetRequest) -> float:
    """What a decision is worth for the goal: higher is better, a cost counts negative."""
    if request.goal == "cost":
        return -decision.cost(request.ratio)
    return {"accuracy": decision.accuracy, "f1": decision.f1, "mcc": decision.mcc}[request.goal]


def histogram(scores: Floats, alike: Bools, span: tuple[float, float]) -> tuple[Floats, Any, Any]:
    """Edges (B + 1,) over the span, and how many different and alike pairs (B,) lie between them."""
    different, edges = np.histogram(scores[~alike], BARS, span)
    return edges, different, np.histogram(scores[alike], BARS, span)[0]


def _thresholds(request: MatchingSetRequest, sweep: Sweep, count: int) -> Generator[Step, None, list[float]]:
    """The best threshold of every resample."""
    found: list[float] = []
    every = max(1, AT_ONCE // count)
    for cuts in sweep.resampled(request.resamples, request.seed):
        found.append(best_of(cuts, request.goal, request.ratio).threshold)
        if len(found) % every == 0:
            yield Step("judge", len(found), request.resamples)
    return found


def _report_interval(decision: Confusion, request: MatchingSetRequest) -> tuple[float, float]:
    """Of the goal's value, were the reported pairs drawn anew with the threshold as it is."""
    cells = np.array(astuple(decision))
    draws = np.random.default_rng(request.seed).multinomial(cells.sum(), cells / cells.sum(), request.resamples)
    return interval([value_of(Confusion(*map(int, draw)), request) for draw in draws])


def _above(threshold: float, scores: Floats, alike: Bools) -> float:
    """The accuracy of calling pairs alike above the threshold, as the published search does."""
    return float(((scores > threshold) == alike).mean())


def _called(curve: RocCurve, levels: Floats) -> tuple[Any, Any]:
    """Hits and false alarms (G,) of calling pairs alike from each level on."""
    # thresholds fall; the last one that is at least the level is the cut
    place = len(curve.thresholds) - np.searchsorted(curve.thresholds[::-1], levels, side="left") - 1
    hits, alarms = curve.hits[place] * curve.alike, curve.false_alarms[place] * curve.different
    return np.rint(hits).astype(np.int64), np.rint(alarms).astype(np.int64)


def _nearest_cuts(cuts: Cuts, levels: Floats) -> Any:
    """Which cut (G,) each level makes."""
    return len(cuts.highs) - np.searchsorted(cuts.highs[::-1], levels, side="left") - 1


def _thinned(curve: RocCurve) -> Floats:
    """At most so many points (P, 2) of the curve: false alarms and hits."""
    kept = np.unique(np.linspace(0, len(curve.hits) - 1, ROC_POINTS).round().astype(int))
    return np.stack([curve.false_alarms[kept], curve.hits[kept]], axis=1)
