"""How good a classifier is on test texts, and how far a mean over seeds may be off."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

# Student's t at 97.5 % for 1 to 9 degrees of freedom.
T_975 = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622)
Z_975 = 1.959964


def confusion_of(gold: npt.NDArray[Any], predicted: npt.NDArray[Any], classes: int) -> Ints:
    """Counts (C, C): rows are the labels of the texts (N,), columns the labels they were given (N,)."""
    return np.bincount(gold * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def macro_f1(confusion: Ints) -> float:
    """The mean over the classes of 2 · right / (texts of the class + texts called so); 0 for one that never occurs."""
    right, sizes = np.diag(confusion), confusion.sum(0) + confusion.sum(1)
    return float(np.mean(2 * right / np.maximum(sizes, 1)))


def interval(accuracies: Sequence[float], tests: int) -> tuple[float, float]:
    """The 95 % interval of the mean, within 0 and 1: the wider one of two.

    Student's t over two to ten seeds covers splits and trainings, but on these test texts only, and is nothing where
    all seeds agree; Wilson's over `tests` texts covers the texts alone.
    """
    count, mean = len(accuracies), float(np.mean(accuracies))
    low, high = _wilson(mean, tests)
    if count == 1:
        return low, high
    reach = T_975[count - 2] * float(np.std(accuracies, ddof=1)) / math.sqrt(count)
    return (low, high) if 2 * reach < high - low else (max(0.0, mean - reach), min(1.0, mean + reach))


def _wilson(mean: float, tests: int) -> tuple[float, float]:
    """Wilson's interval of a share (Wilson 1927)."""
    share = Z_975**2 / tests
    middle = (mean + share / 2) / (1 + share)
    reach = Z_975 / (1 + share) * math.sqrt(mean * (1 - mean) / tests + share / (4 * tests))
    return max(0.0, middle - reach), min(1.0, middle + reach)
