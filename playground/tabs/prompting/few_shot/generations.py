"""What iPET's generations learnt from: how many texts of the pool, labelled how, and how often rightly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

SHOWN = 6  # texts

Set = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]  # places in the pool, and the label each was given


def told_sets(sets: Sequence[Set], texts: Sequence[str], gold: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
    """Of the sets of all members: new `sizes`, `counts` of each label, `right` shares, and some `texts` of the first.

    `gold` are the labels of the pool's texts, which no training sees; a text comes with the label it was given and
    the one it has.
    """
    named = [[(int(place), labels[given]) for place, given in zip(*each, strict=True)] for each in sets]
    return {
        "sizes": tuple(map(len, named)),
        "counts": tuple(tuple(sum(given == label for _, given in each) for label in labels) for each in named),
        "right": tuple(_share([gold[place] == given for place, given in each]) for each in named),
        "texts": tuple((texts[place], given, gold[place]) for place, given in _spread(named[0] if named else [])),
    }


def _share(right: Sequence[bool]) -> float:
    return float(np.mean(right)) if right else float("nan")


def _spread(chosen: Sequence[tuple[int, str]]) -> Sequence[tuple[int, str]]:
    """Some of the texts, from all of them, which come label by label."""
    places = np.linspace(0, len(chosen) - 1, min(SHOWN, len(chosen))).round().astype(int)
    return [chosen[place] for place in dict.fromkeys(places.tolist())]
