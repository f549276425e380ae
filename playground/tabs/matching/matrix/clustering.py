"""Texts that belong together: average-linkage clustering of cosines, cut wherever the visitor likes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.cluster import hierarchy

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ROUNDING = 1e-6  # of a cosine in float32
MOST_ORDERED = 200  # leaves that are turned so that neighbours are alike, which takes their number cubed


def linkage(vectors: Floats) -> Doubles:
    """The merges (N − 1, 4) of unit vectors (N, D), N at least 2, as scipy writes them; the distance is 1 − cosine."""
    distances = 1.0 - (vectors @ vectors.T).astype(np.float64)
    condensed = np.maximum(distances[np.triu_indices(len(vectors), 1)], 0.0)
    merges: Doubles = hierarchy.linkage(condensed, "average")
    if len(vectors) <= MOST_ORDERED:
        merges = hierarchy.optimal_leaf_ordering(merges, condensed)
    return merges


def leaves(merges: Doubles) -> Ints:
    """The order (N,) in which merged texts stand side by side."""
    order: Ints = hierarchy.leaves_list(merges).astype(np.int64)
    return order


def clusters(merges: Doubles, cosine: float) -> Ints:
    """Each text's cluster (N,), 0 for the largest; two clusters are one where their mean cosine is `cosine` or more."""
    labels = hierarchy.fcluster(merges, 1.0 - cosine + ROUNDING, criterion="distance")
    _, first, inverse, sizes = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes), np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    places: Ints = rank[inverse]
    return places
