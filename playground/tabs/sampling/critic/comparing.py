"""Real batches against other real batches, against the mean of all, and against k-means centres."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.tabs.sampling.critic.wasserstein import wasserstein_1

Points = npt.NDArray[np.float64]
MANY = 2048  # normal points from which mean and centres are taken
ITERATIONS = 30  # of k-means


@dataclass(frozen=True)
class Ground:
    """Points (N, D) to take mean and centres from, and `pair`, which draws two real batches (B, D) apart from them."""

    known: Points
    pair: Callable[[int, np.random.Generator], tuple[Points, Points]]


def normal_ground(dimension: int, seed: int) -> Ground:
    """N(0, I): as many points as one likes."""
    known = np.random.default_rng([seed, dimension]).standard_normal((MANY, dimension))

    def pair(count: int, draw: np.random.Generator) -> tuple[Points, Points]:
        first, second = draw.standard_normal((2, count, dimension))
        return first, second

    return Ground(known, pair)


def principal_ground(train: Points, kept: Points, dimension: int) -> Ground:
    """Given points on their first principal axes; batches are drawn from those kept apart."""
    axes = principal_axes(train)[:dimension]
    apart = (kept - train.mean(0)) @ axes.T

    def pair(count: int, draw: np.random.Generator) -> tuple[Points, Points]:
        order = draw.permutation(len(apart))
        return apart[order[:count]], apart[order[count : 2 * count]]

    return Ground((train - train.mean(0)) @ axes.T, pair)


def principal_axes(points: Points) -> Points:
    """The directions (D, D) in which points (N, D) vary, the largest variance first."""
    _, vectors = np.linalg.eigh(np.cov(points.T))
    return np.ascontiguousarray(vectors[:, ::-1].T)


def centres(points: Points, count: int, seed: int) -> Points:
    """The k-means centres (count, D) of points (N, D)."""
    from sklearn.cluster import KMeans

    fitted = KMeans(count, n_init=1, max_iter=ITERATIONS, random_state=seed).fit(points)
    return np.asarray(fitted.cluster_centers_, dtype=np.float64)


def distances(ground: Ground, batch: int, repeats: int, seed: int) -> Iterator[tuple[float, float, float]]:
    """Exact distances from real batches to other real ones, to as many copies of the mean, and to as many centres."""
    mean = np.broadcast_to(ground.known.mean(0), (batch, ground.known.shape[1]))
    found = centres(ground.known, batch, seed)
    draw = np.random.default_rng([seed, batch])
    for _ in range(repeats):
        first, second = ground.pair(batch, draw)
        yield tuple(wasserstein_1(first, other) for other in (second, mean, found))  # type: ignore[misc]


def expected_norm(dimension: int) -> float:
    """The expected length √2 Γ((d + 1) / 2) / Γ(d / 2) of a point of N(0, I): its distance to the mean."""
    return math.sqrt(2) * math.exp(math.lgamma((dimension + 1) / 2) - math.lgamma(dimension / 2))
