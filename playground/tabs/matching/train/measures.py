"""Numbers of vectors in plain numpy: two directions to draw them in, and how cosines are distributed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playground.tabs.matching.thresholds import Sweep

BINS = 40
EDGES = np.linspace(-1, 1, BINS + 1)

Floats = npt.NDArray[np.floating]


class Map:
    """The two directions in which given vectors (M, D) vary most; others are drawn in the same ones.

    `share` is how much of the variance they hold.
    """

    def __init__(self, vectors: Floats) -> None:
        self._mean = vectors.mean(0)
        _, sizes, directions = np.linalg.svd(vectors - self._mean, full_matrices=False)
        self._axes = directions[:2]
        self.share = float((sizes[:2] ** 2).sum() / (sizes**2).sum())

    def places(self, vectors: Floats) -> npt.NDArray[np.float16]:
        """Where vectors (M, D) lie: (M, 2)."""
        return np.asarray((vectors - self._mean) @ self._axes.T, dtype=np.float16)


def histograms(cosines: Floats, alike: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """Densities (2, BINS) of the cosines (N,) of pairs that are not alike, and that are; zero where there are none."""
    counts = np.stack([np.histogram(np.clip(cosines[alike == each], -1, 1), EDGES)[0] for each in (False, True)])
    width = EDGES[1] - EDGES[0]
    return np.asarray(counts / np.maximum(counts.sum(1, keepdims=True) * width, width), dtype=np.float32)


def best_accuracy(cosines: Floats, alike: npt.NDArray[np.bool_]) -> float:
    """The share of right decisions at the best threshold on these pairs."""
    return float(Sweep(cosines, alike).cuts().values("accuracy").max())
