"""A run as code: the same pairs, the first of the methods, and its threshold."""

from __future__ import annotations

from playground.tabs.matching.set.request import MatchingSetRequest

SNIPPET = """\
{pairs_import}
from playground.tabs.matching.metrics import Confusion, spearman
from playground.tabs.matching.thresholds import Sweep, best_of, interval

{pairs}
sweep = Sweep(scores["choose"], alike["choose"])
best = best_of(sweep.cuts(), {goal!r}, ratio={ratio})
low, high = interval([best_of(cuts, {goal!r}, {ratio}).threshold for cuts in sweep.resampled({resamples}, seed={seed})])
reported = Confusion.at(best.threshold, scores["report"], alike["report"])
print("Spearman", spearman(scores["report"], labels["report"]))
print("threshold", best.threshold, "interval", low, high, "plateau", best.low, best.high)
print("accuracy", reported.accuracy, "F1", reported.f1, "MCC", reported.mcc)
"""
BUNDLED_IMPORT = """\
import numpy as np

from playground.tabs.matching.lexical import character_ngram_scores
from playground.tabs.matching.pair_sets import load_pairs"""
BUNDLED = """\
pairs = load_pairs({pairs!r})
low, high = pairs.scale
parts = {{"choose": pairs.dev[:{count}], "report": pairs.test[:{count}]}}
labels = {{name: np.array([pair.label for pair in part]) for name, part in parts.items()}}
alike = {{name: label >= low + {alike} * (high - low) for name, label in labels.items()}}
# or the cosines of any encoder, or any other number that rises with likeness
scores = {{name: character_ngram_scores([(pair.a, pair.b) for pair in part]) for name, part in parts.items()}}
"""


def snippet(request: MatchingSetRequest) -> str:
    """Code that chooses a threshold on one part of a bundled set and reports on the other."""
    pairs = BUNDLED.format(pairs=request.pairs, count=request.count, alike=request.alike)
    return SNIPPET.format(
        pairs_import=BUNDLED_IMPORT,
        pairs=pairs,
        goal=request.goal,
        ratio=request.ratio,
        resamples=request.resamples,
        seed=request.seed,
    )
