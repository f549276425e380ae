"""What the panel reports: critics again and again while they learn, or one distance after another of fixed batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame
from playground.tabs.sampling.critic.request import Method

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class CriticStart(Frame):
    """The ground of K critics: held-out real points (M, D), float16, or 24 digits (24, 8, 8, 1) as bytes.

    `reference` is the exact distance of two held-out real batches, `spread` the real points' total variance, `frechet`
    the Fréchet distance of the two batches (nan but for digits), `count` the points in each.
    """

    critics: tuple[Method, ...]
    real: npt.NDArray[Any]
    reference: float
    spread: float
    frechet: float
    count: int


@dataclass(frozen=True)
class CriticFrame(Frame):
    """All K critics after `step` steps; numbers (K,).

    On the next batch, which no critic has learnt from: the critic's `estimate`, the `exact` distance, mean and largest
    norm of the critic's `gradient` between real and fake. `bound` on how steep it is anywhere. On held-out points: the
    exact `distance` of the generator, the `spread` of its points, and for digits their Fréchet distance, else nan.
    `fakes` (K, M, D) or (K, 24, 8, 8, 1) as the real ones; `landscape` (K, G) or (K, G, G): the critic on a grid from
    -EDGE to EDGE, downwards first; empty for digits.
    """

    step: int
    estimate: Floats
    exact: Floats
    gradient: Floats
    steepest: Floats
    bound: Floats
    distance: Floats
    spread: Floats
    frechet: Floats
    fakes: npt.NDArray[Any]
    landscape: npt.NDArray[np.float16]


@dataclass(frozen=True)
class CriticFailure(Frame):
    """A critic's or generator's loss was no finite number, so the run stopped."""

    step: int
    critic: Method


@dataclass(frozen=True)
class Batches(Frame):
    """Exact distances, (R,) each, from real batches to other real ones, to their mean and to k-means centres.

    `sweep` says for which curve: over the dimension or over the batch size, of which this is one place.
    """

    sweep: str
    dimension: int
    batch: int
    real: Floats
    mean: Floats
    centres: Floats


@dataclass(frozen=True)
class Likenesses(Frame):
    """Digits as the exhibit compares them, bytes (N, 8, 8, 1): a real batch, the mean, the centres."""

    real: Pixels
    mean: Pixels
    centres: Pixels
