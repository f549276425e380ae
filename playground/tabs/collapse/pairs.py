"""What the distances between all pairs of points tell: the neighbours' vote, and how evenly the points lie.

The N x N matrix is made and used up a few rows at a time, so that it never leaves the processor's cache.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
_Rows = npt.NDArray[np.float32]

NEIGHBOURS = 10
_ROWS_AT_ONCE = 128


def knn_and_uniformity(points: Array, labels: Labels | None) -> tuple[float, float]:
    """Leave-one-out accuracy of the neighbours' vote and log E exp(-2 ||a - b||^2), of points (N, d) about zero.

    Both are nan with less than two points or any that is not finite, the accuracy also with less than two labels.
    Where all points are equal it is the share of the largest class.
    """
    n = len(points)
    if n < 2 or not np.isfinite(points).all():
        return math.nan, math.nan
    one_hot = _one_hot(labels)  # (N, classes)
    if not points.any():
        return float(one_hot.sum(axis=0).max()) / n if one_hot.size else math.nan, 0.0
    rows = (2 * points).astype(np.float32)  # exact enough for distances, as zero is in their middle
    squares = np.einsum("nd,nd->n", rows, rows)
    right, total = 0, 0.0
    for first in range(0, n, _ROWS_AT_ONCE):
        block = slice(first, first + _ROWS_AT_ONCE)
        nearness = _nearness(rows, squares, block)
        if one_hot.size:
            right += _right_votes(nearness, one_hot, block)
        # exp(-2 ||a - b||^2) = exp(-2 ||a||^2) exp(4ab - 2 ||b||^2); unit vectors keep the factors above e^-8.
        total += float(np.exp(squares[block] / -2) @ np.exp(nearness, out=nearness).sum(axis=1))
    return right / n if one_hot.size else math.nan, math.log(total / (n * (n - 1)))


def _one_hot(labels: Labels | None) -> _Rows:
    """(N, classes), without any column where there is nothing to tell apart."""
    if labels is None:
        return np.zeros((0, 0), np.float32)
    names, numbers = np.unique(labels, return_inverse=True)
    return np.eye(len(names), dtype=np.float32)[numbers] if len(names) > 1 else np.zeros((0, 0), np.float32)


def _nearness(rows: _Rows, squares: _Rows, block: slice) -> _Rows:
    """4ab - 2 ||b||^2 for a in the block and all b, (B, N): the larger, the closer; -inf to itself. The rows are 2a.

    It is 2 ||a||^2 - 2 ||a - b||^2, which orders unit vectors as their cosine does, wherever their middle lies.
    """
    nearness: _Rows = rows[block] @ rows.T
    nearness -= squares / 2
    np.fill_diagonal(nearness[:, block], -np.inf)
    return nearness


def _right_votes(nearness: _Rows, one_hot: _Rows, block: slice) -> int:
    """How many rows of the block get the label that most of their neighbours have."""
    least = max(nearness.shape[1] - NEIGHBOURS, 1)
    voters = nearness >= np.partition(nearness, least, axis=1)[:, least, None]
    votes = voters.astype(np.float32) @ one_hot  # (B, classes)
    return int((votes.argmax(axis=1) == one_hot[block].argmax(axis=1)).sum())
