"""Exact search: the vectors most alike to a query, and every vector's nearest neighbour."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from playground.tabs.matching.steps import Step

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

BLOCK = 256  # rows that are compared with all others at a time


class Neighbours(NamedTuple):
    """Each vector's nearest other one (N,) and their cosine (N,); the most alike pairs (P, 2) and theirs (P,)."""

    nearest: Ints
    cosines: Floats
    pairs: Ints
    pair_cosines: Floats


def best(scores: npt.NDArray[np.floating[Any]], count: int) -> Ints:
    """Places of the `count` highest scores (N,), highest first; of equal ones the earlier first."""
    count = min(count, len(scores))
    if count == 0:
        return np.empty(0, np.int64)
    least = np.partition(scores, len(scores) - count)[len(scores) - count]
    places = np.flatnonzero(scores >= least)
    order: Ints = places[np.argsort(-scores[places], kind="stable")][:count]
    return order


def search(vectors: Floats, query: Floats, count: int) -> tuple[Ints, Floats]:
    """Places and cosines of the unit vectors (N, D) most alike to the unit vector `query` (D,), best first."""
    cosines = vectors @ query
    places = best(cosines, count)
    return places, cosines[places]


def neighbours(vectors: Floats, most: int) -> Generator[Step, None, Neighbours]:
    """Compare each of at least two unit vectors (N, D) with every other; of pairs, tell the `most` most alike ones."""
    count = len(vectors)
    nearest, cosines = np.empty(count, np.int64), np.empty(count, np.float32)
    pairs, scores = np.empty((0, 2), np.int64), np.empty(0, np.float32)
    for start in range(0, count, BLOCK):
        rows = np.arange(start, min(start + BLOCK, count))
        block = vectors[rows] @ vectors.T
        block[rows - start, rows] = -np.inf
        nearest[rows] = block.argmax(axis=1)
        cosines[rows] = block.max(axis=1)
        block[np.arange(count) < rows[:, None]] = -np.inf  # each pair once
        found = best(block.ravel(), most)
        found = found[np.isfinite(block.ravel()[found])]
        pairs = np.concatenate([pairs, np.stack([rows[found // count], found % count], axis=1)])
        scores = np.concatenate([scores, block.ravel()[found]])
        kept = best(scores, most)
        pairs, scores = pairs[kept], scores[kept]
        yield Step("compare", int(rows[-1]) + 1, count)
    return Neighbours(nearest, cosines, pairs, scores)
