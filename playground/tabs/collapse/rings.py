"""Points of the plane: three rings, each a class, or points that a person drew, which are one class.

A view moves every point a little. Drawn points are copied with a slight jitter until batches can be filled.
All is drawn from one constant seed: trainings with different seeds see the same points.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import torch
from torch import Generator, Tensor

from playground.runtime.errors import InvalidRequest
from playground.tabs.collapse.dataset import MOST_PROBES, Dataset

RADII = (1 / 3, 2 / 3, 1.0)
CLASSES = ("inner ring", "middle ring", "outer ring")
DRAWN = "your points"
WIDTH = 0.03  # standard deviation of a ring's radius
JITTER = 0.02  # standard deviation of the copies around a drawn point
DISPLACEMENT = 0.1  # standard deviation of a view around its point, at noise 1
INPUTS = 2048
SEED = 3
FEWEST = 3
TOO_FEW = "Draw at least 3 points, or none at all for the three rings."


@cache
def rings() -> Dataset:
    """Three rings around the origin."""
    draw = np.random.default_rng(SEED)
    labels = np.arange(INPUTS + MOST_PROBES, dtype=np.int64) % len(RADII)
    radius = np.array(RADII)[labels] + WIDTH * draw.standard_normal(len(labels))
    angle = draw.uniform(0, 2 * np.pi, len(labels))
    return _dataset(radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), labels, CLASSES)


def drawn(points: Sequence[tuple[int, int]]) -> Dataset:
    """The points that a person drew, in hundredths; InvalidRequest when there are fewer than three."""
    if len(points) < FEWEST:
        raise InvalidRequest(TOO_FEW)
    which = np.arange(INPUTS + MOST_PROBES) % len(points)
    jitter = JITTER * np.random.default_rng(SEED).standard_normal((len(which), 2))
    return _dataset(np.array(points)[which] / 100 + jitter, np.zeros(len(which), dtype=np.int64), (DRAWN,))


def displaced(batch: Tensor, generator: Generator, noise: float) -> Tensor:
    """A view (B, 2) of points (B, 2): each moved a little."""
    moved = torch.randn(batch.shape, generator=generator, device=generator.device).to(batch.device)
    return batch + DISPLACEMENT * noise * moved


def _dataset(points: npt.NDArray[np.float64], labels: npt.NDArray[np.int64], classes: tuple[str, ...]) -> Dataset:
    inputs = torch.from_numpy(points.astype(np.float32))
    return Dataset(inputs[:INPUTS], classes, inputs[INPUTS:], labels[INPUTS:], is_image=False, view=displaced)
