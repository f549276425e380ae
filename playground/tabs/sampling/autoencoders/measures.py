"""What the numbers of codes are distributed like: a histogram and quantiles, beside those of the normal."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

EDGES = np.linspace(-4, 4, 41)
SHARES = np.linspace(0.01, 0.99, 33)  # of the quantiles
NORMAL_QUANTILES = np.array([NormalDist().inv_cdf(share) for share in SHARES])

Floats = npt.NDArray[np.float32]


def histogram(codes: npt.NDArray[np.floating]) -> Floats:
    """The density of all numbers of the codes (n, d) in each bin; what lies beyond the edges counts as well."""
    counts, _ = np.histogram(codes, EDGES)
    return np.asarray(counts / (codes.size * (EDGES[1] - EDGES[0])), dtype=np.float32)


def quantiles(codes: npt.NDArray[np.floating]) -> Floats:
    """Below which number each of the SHARES of all numbers of the codes lies."""
    return np.asarray(np.quantile(codes, SHARES), dtype=np.float32)


def normal_density(at: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """The density of N(0, 1)."""
    return np.asarray(np.exp(-0.5 * np.square(at)) / np.sqrt(2 * np.pi))
