"""The Wasserstein-1 distance of two batches of equal size, exactly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

Points = npt.NDArray[np.float64]


def wasserstein_1(first: Points, second: Points) -> float:
    """The least mean Euclidean distance over all ways to pair points (N, D) with points (N, D).

    On a line the sorted points are paired; elsewhere the assignment problem is solved, in O(N³).

    Raises:
        ValueError: batches of different shapes.
    """
    if first.shape != second.shape:
        raise ValueError("Give two batches with the same number of points and of dimensions.")
    if first.shape[1] == 1:
        return float(np.abs(np.sort(first, axis=0) - np.sort(second, axis=0)).mean())
    costs = cdist(first, second)
    return float(costs[linear_sum_assignment(costs)].mean())
