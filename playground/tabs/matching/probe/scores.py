"""A method's scores of pairs that stand for themselves: they do not depend on which other pairs are scored."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from playground.runtime.contracts import Context
from playground.tabs.matching.methods import Criterion, Method, Pairs, Scores, score_pairs
from playground.tabs.matching.pair_sets import load_pairs
from playground.tabs.matching.probe.probe_set import Language
from playground.tabs.matching.reading import bundled_bm25
from playground.tabs.matching.steps import Step
from playground.tabs.matching.thresholds import Best, Sweep, best_of

CRITERION: Criterion = "B"  # the same meaning is asked for, not the same topic


def steady_scores(context: Context, method: Method, language: Language, pairs: Pairs) -> Generator[Step, None, Scores]:
    """One score a pair (N,); BM25 takes its document frequencies from the bundled pairs of the language."""
    if method.id == "bm25":
        yield Step("words", 0, len(pairs))
        known = bundled_bm25(language)
        return np.array([known.score(pair) for pair in pairs])
    criterion = CRITERION if method.kind == "conditional" else None
    return (yield from score_pairs(context, method, pairs, criterion))


def chosen_threshold(
    context: Context, method: Method, language: Language, alike_from: float
) -> Generator[Step, None, Best]:
    """The threshold of highest accuracy on the development pairs of STS-B, those from `alike_from` on being alike."""
    dev = load_pairs("stsb-en" if language == "en" else "stsb-zh").dev
    scores = yield from steady_scores(context, method, language, [(pair.a, pair.b) for pair in dev])
    return best_of(Sweep(scores, [pair.label >= alike_from for pair in dev]).cuts(), "accuracy")
