"""Record what scores mean: every method on random pairs, and on pairs that people rated.

    python -m playground.tabs.matching.record [--methods minilm …]

Writes assets/matching/reference.json: an entry a method, with quantiles of its scores and the SHA-256 of the weights
they belong to. Entries that are not measured this time stay. The pairs are those of the bundled sets' dev part; a
random pair is the first text of one and the second text of another.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from playground.runtime.contracts import Context
from playground.runtime.recording import Leases
from playground.runtime.registry import registry
from playground.tabs.matching import reference
from playground.tabs.matching.methods import (
    CRITERIA,
    METHODS,
    Criterion,
    Method,
    Scores,
    available_models,
    methods_for,
    score_pairs,
)
from playground.tabs.matching.pair_sets import Pair, PairSetName, load_pairs
from playground.tabs.matching.reading import bundled_bm25
from playground.tabs.matching.steps import finished

ALIKE = 4.0  # the rating, 0 to 5, from which on two texts say about the same
SHIFTS = (7, 101)  # how far apart the two texts of a random pair stand in the set
KNOTS = 21
LANGUAGES: tuple[tuple[Literal["en", "zh"], PairSetName], ...] = (("en", "stsb-en"), ("zh", "stsb-zh"))


def main() -> None:
    """Measure the methods whose models are here."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--methods", nargs="+", default=[method.id for method in METHODS])
    wanted = parser.parse_args().methods
    for language, name in LANGUAGES:
        for method in methods_for(language, available_models()):
            if method.id in wanted:
                write(measured(Leases(), method, language, load_pairs(name).dev))
                print(f"{language} {method.id}")


def measured(context: Context, method: Method, language: str, pairs: Sequence[Pair]) -> dict[str, dict[str, Any]]:
    """The entries of a method, by name; a lexical one has one a language, a conditional one one a criterion."""
    criteria: tuple[Criterion | None, ...] = CRITERIA if method.kind == "conditional" else (None,)
    weights = {} if method.model is None else {"fingerprint": registry().fingerprint(method.model)}
    return {
        reference.entry_name(method, language, criterion): weights | _entry(context, method, language, pairs, criterion)
        for criterion in criteria
    }


def _entry(
    context: Context, method: Method, language: str, pairs: Sequence[Pair], criterion: Criterion | None
) -> dict[str, Any]:
    count = len(pairs)
    random = [(pairs[place].a, pairs[(place + shift) % count].b) for shift in SHIFTS for place in range(count)]
    of_random = _scores(context, method, language, random, criterion)
    scores = _scores(context, method, language, [(pair.a, pair.b) for pair in pairs], criterion)
    ratings = np.array([pair.label for pair in pairs])
    return {
        "random": _rounded(np.quantile(of_random, reference.QUANTILES)),
        "alike": _rounded(np.quantile(scores[ratings >= ALIKE], reference.QUANTILES)),
        "rated": [_rounded(each) for each in rated(scores, ratings)],
    }


def rated(scores: Scores, ratings: Scores) -> tuple[Scores, Scores]:
    """Scores and the ratings that go with them (21,), both rising: isotonic regression (N,), read at quantiles."""
    order = np.argsort(scores, kind="stable")
    fitted = isotonic_regression(ratings[order]).x
    at = np.quantile(scores, np.linspace(0, 1, KNOTS))
    return at, np.interp(at, scores[order], fitted)


def _scores(
    context: Context, method: Method, language: str, pairs: Sequence[tuple[str, str]], criterion: Criterion | None
) -> Scores:
    if method.id == "bm25":
        return np.array(list(map(bundled_bm25(language).score, pairs)))
    return finished(score_pairs(context, method, pairs, criterion))


def _rounded(values: npt.NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.5g}") for value in values]


def write(new: dict[str, dict[str, Any]]) -> None:
    """Put entries into the file, in the place of older ones of the same name."""
    path = reference.RECORDED
    rows = (json.loads(path.read_text("utf-8")) if path.exists() else {}) | new
    lines = (f"{json.dumps(name)}: {json.dumps(rows[name])}" for name in sorted(rows))
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
