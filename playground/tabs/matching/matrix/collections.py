"""The bundled texts: customers' messages of our own writing, and the sentences of the scored pairs."""

from __future__ import annotations

from functools import cache
from typing import Literal

from playground.tabs.matching.pair_sets import ASSETS, PairSetName, load_pairs

Collection = Literal["messages-en", "messages-zh", "stsb-en", "stsb-zh"]

ALIKE = 4.0  # the score, 0 to 5, from which one sentence of a pair answers the other


def language_of(collection: Collection) -> str:
    """The language of a collection."""
    return collection.rsplit("-", 1)[1]


@cache
def load_collection(collection: Collection) -> tuple[str, ...]:
    """The texts of a collection, each once."""
    if collection in ("messages-en", "messages-zh"):
        return tuple((ASSETS / f"{collection}.txt").read_text("utf-8").splitlines())
    return tuple(dict.fromkeys(text for pair in _pairs(collection) for text in pair[:2]))


@cache
def known_answers(collection: PairSetName) -> dict[str, frozenset[str]]:
    """The sentences that people found to say the same as another one, score 4 or more of 5, in order of the set."""
    found: dict[str, set[str]] = {}
    for a, b, score in _pairs(collection):
        if score >= ALIKE and a != b:
            found.setdefault(a, set()).add(b)
            found.setdefault(b, set()).add(a)
    return {text: frozenset(answers) for text, answers in found.items()}


def _pairs(collection: Collection) -> list[tuple[str, str, float]]:
    pairs = load_pairs("stsb-zh" if collection == "stsb-zh" else "stsb-en")
    return [(pair.a, pair.b, pair.label) for pair in (*pairs.dev, *pairs.test)]
