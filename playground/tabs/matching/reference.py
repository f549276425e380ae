"""What a score means: where it stands among the scores of random pairs, and how people rated pairs that score alike."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from playground.runtime.settings import REPOSITORY
from playground.tabs.matching.methods import Criterion, Method

RECORDED = REPOSITORY / "assets" / "matching" / "reference.json"  # made by playground.tabs.matching.record
QUANTILES = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True)
class Reference:
    """One method's scores of bundled pairs.

    `random` and `alike` are quantiles (101,) of the scores of random pairs and of pairs that people rated 4 or more of
    5. `rated` holds scores and the ratings, 0 to 5, that go with them, both rising.
    """

    random: tuple[float, ...]
    alike: tuple[float, ...]
    rated: tuple[tuple[float, ...], tuple[float, ...]]

    def above_random(self, score: float) -> float:
        """The share of random pairs that score less, 0 to 1; in between two quantiles on the line between them."""
        # Quantiles may be equal, as where most pairs share no word: the score then stands above all of them.
        place = int(np.searchsorted(self.random, score, side="right"))
        if place in (0, len(self.random)):
            return float(place > 0)
        low, high = self.random[place - 1], self.random[place]
        return float(QUANTILES[place - 1] + (score - low) / (high - low) / (len(self.random) - 1))

    def rating(self, score: float) -> float:
        """How people rate pairs of this score, 0 to 5."""
        return float(np.interp(score, *self.rated))


def reference(method: Method, language: str, criterion: Criterion) -> Reference | None:
    """What was recorded for a method, a conditional one under a criterion; None where nothing was."""
    return entries().get(entry_name(method, language, criterion))


def entry_name(method: Method, language: str, criterion: Criterion | None) -> str:
    """The name of a method's entry in the file, for texts of a language."""
    return " ".join([method.id, language, *([criterion] if method.kind == "conditional" and criterion else [])])


@cache
def entries() -> dict[str, Reference]:
    """All that was recorded, by name; nothing where the file is missing."""
    rows = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}
    return {name: _entry(row) for name, row in rows.items()}


def _entry(row: dict[str, Any]) -> Reference:
    scores, ratings = row["rated"]
    return Reference(tuple(row["random"]), tuple(row["alike"]), (tuple(scores), tuple(ratings)))
