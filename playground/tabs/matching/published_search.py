"""How the threshold was found in the source's code: an optimiser that climbs a staircase.

`scipy.optimize.minimize(loss, 1, method="Powell")`, where the loss at t is minus the accuracy of calling a pair alike
whose cosine is above tanh(t) (https://github.com/bojone/CoSENT). Accuracy is constant between two scores, so that the
search often sees no slope at all; tanh reaches no threshold beyond -1 and 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

START = 1.0  # the first threshold is tanh(1) = 0.76


@dataclass(frozen=True)
class PublishedSearch:
    """Where the search stopped, and every threshold that it looked at with its accuracy, in that order."""

    threshold: float
    accuracy: float
    tried: tuple[tuple[float, float], ...]

    @property
    def moved(self) -> bool:
        """Whether it found anything better than where it started."""
        return self.accuracy > self.tried[0][1]


def published_search(scores: npt.ArrayLike, alike: npt.ArrayLike) -> PublishedSearch:
    """The published search on scores (N,) and their labels (N,)."""
    from scipy.optimize import minimize

    scores, alike = np.asarray(scores, float), np.asarray(alike, bool)
    positives, negatives = np.sort(scores[alike]), np.sort(scores[~alike])
    tried: list[tuple[float, float]] = []

    def loss(place: npt.ArrayLike) -> float:
        threshold = math.tanh(float(np.asarray(place).item()))
        misses = int(np.searchsorted(positives, threshold, side="right"))
        rejections = int(np.searchsorted(negatives, threshold, side="right"))
        accuracy = (len(positives) - misses + rejections) / len(scores)
        tried.append((threshold, accuracy))
        return -accuracy

    found = minimize(loss, START, method="Powell")
    threshold = math.tanh(float(np.asarray(found.x).item()))
    return PublishedSearch(threshold, -float(found.fun), tuple(tried))
