"""What the critics tell apart: points on a line, in the plane, or digits; and a fake that is a normal cloud."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Generator, Tensor

from playground.tabs.sampling.critic.request import Data
from playground.tabs.sampling.data import load

HELD_OUT = 180  # points on which a generator is judged: half of the digits that are kept apart
MANY = 4096  # points from which mean and covariance are taken
SEED = 5
HEAPS, HEAP_WIDTH = (-0.8, 0.0, 0.7), 0.08
CORNERS, CORNER_WIDTH = 8, 0.05
RADII, RING_WIDTH = (0.4, 1.0), 0.03
MOON_WIDTH = 0.05

Draw = Callable[[int, Generator], Tensor]


@dataclass(frozen=True)
class Source:
    """Real points: `draw` gives (N, D) to learn from; `held_out` and `others`, (180, D) each, are kept apart.

    `mean` (D,) and `root` (D, D), a square root of the covariance, make the normal fake.
    """

    draw: Draw
    held_out: Tensor
    others: Tensor
    mean: Tensor
    root: Tensor

    @property
    def dimension(self) -> int:
        """How many numbers a point has."""
        return len(self.mean)

    def normal(self, count: int, generator: Generator) -> Tensor:
        """Points (N, D) of the normal distribution with the data's mean and covariance."""
        return self.mean + torch.randn(count, self.dimension, generator=generator) @ self.root


@cache
def source(data: Data) -> Source:
    """A source by its name; the points kept apart are the same in every run."""
    if data == "digits":
        digits = load("digits")
        train, kept = digits.train.flatten(1), digits.test.flatten(1)
        return _source(lambda count, generator: _picked(train, count, generator), kept, train)
    draw, generator = DRAWS[data], Generator().manual_seed(SEED)
    return _source(draw, draw(2 * HELD_OUT, generator), draw(MANY, generator))


def _source(draw: Draw, kept: Tensor, many: Tensor) -> Source:
    centred = many - many.mean(0)
    values, vectors = torch.linalg.eigh(centred.T @ centred / len(many))
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    return Source(draw, kept[:HELD_OUT], kept[HELD_OUT : 2 * HELD_OUT], many.mean(0), root)


def _picked(points: Tensor, count: int, generator: Generator) -> Tensor:
    return points[torch.randperm(len(points), generator=generator)[:count]]


def _line(count: int, generator: Generator) -> Tensor:
    middle = torch.tensor(HEAPS)[torch.randint(len(HEAPS), (count,), generator=generator)]
    return (middle + HEAP_WIDTH * torch.randn(count, generator=generator))[:, None]


def _mixture(count: int, generator: Generator) -> Tensor:
    angle = torch.randint(CORNERS, (count,), generator=generator) * (2 * math.pi / CORNERS)
    return _on_circle(angle) + CORNER_WIDTH * torch.randn(count, 2, generator=generator)


def _rings(count: int, generator: Generator) -> Tensor:
    radius = torch.tensor(RADII)[torch.randint(len(RADII), (count,), generator=generator)]
    radius = radius + RING_WIDTH * torch.randn(count, generator=generator)
    return radius[:, None] * _on_circle(2 * math.pi * torch.rand(count, generator=generator))


def _moons(count: int, generator: Generator) -> Tensor:
    """Two interleaved half circles, about as large as the other shapes."""
    lower = torch.randint(2, (count, 1), generator=generator).bool()
    upper_moon = _on_circle(math.pi * torch.rand(count, generator=generator))
    points = torch.where(lower, torch.tensor([1.0, 0.5]) - upper_moon, upper_moon) - torch.tensor([0.5, 0.25])
    return 0.7 * points + MOON_WIDTH * torch.randn(count, 2, generator=generator)


def _on_circle(angle: Tensor) -> Tensor:
    return torch.stack([angle.cos(), angle.sin()], dim=1)


DRAWS: dict[Data, Draw] = {"line": _line, "mixture": _mixture, "rings": _rings, "moons": _moons}
