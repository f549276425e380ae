"""Noise of pictures: drawn, put together group by group, walked between, moved along attributes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from playground.tabs.sampling.origins import MOST_PICTURES, MOST_SEED, Picture

FRESH = MOST_SEED + 1  # added to the seed of noise that is drawn anew: no picture that was drawn has it
Noise = list[Tensor]  # (B, C, H, W) for each group, from the top


class Drawer(Protocol):
    """The part of an NVAE that draws noise."""

    def draw(self, pictures: int, seed: int) -> Noise:
        """Noise of so many pictures."""
        ...


class Noises:
    """The noise of pictures; every seed is drawn from once."""

    def __init__(self, model: Drawer) -> None:
        self._model = model
        self._drawn: dict[int, Noise] = {}

    def of(self, picture: Picture) -> Noise:
        """The noise (1, C, H, W) of each of a picture's groups."""
        groups = len(self._rows(0, 1))
        origins = picture.by_group(groups)
        rows = [self._rows(origin.seed + FRESH * origin.fresh, origin.place + 1) for origin in origins]
        return [row[group][origin.place][None] for group, (row, origin) in enumerate(zip(rows, origins, strict=True))]

    def _rows(self, seed: int, count: int) -> Noise:
        known = self._drawn.get(seed)
        if known is None or len(known[0]) < count:
            known = self._drawn[seed] = self._model.draw(min(MOST_PICTURES, max(16, count)), seed)
        return known


def joined(noises: Sequence[Noise]) -> Noise:
    """The noise of several pictures as one batch."""
    return [torch.cat(group) for group in zip(*noises, strict=True)]


def between(first: Noise, second: Noise, share: float) -> Noise:
    """The noise at a share of the way from one picture to another, on the great circle of every group.

    Norms are interpolated linearly: noise of n dimensions lies near the sphere of radius √n, which a straight line
    between two points would leave for the dull middle (Shoemake 1985, slerp).
    """
    return [spherical(a, b, share) for a, b in zip(first, second, strict=True)]


def spherical(first: Tensor, second: Tensor, share: float) -> Tensor:
    """One tensor between two of the same shape; opposite or vanishing ones are joined by a straight line."""
    lengths = first.norm(), second.norm()
    cosine = (first * second).sum() / (lengths[0] * lengths[1]).clamp(min=1e-12)
    angle = torch.arccos(cosine.clamp(-1, 1))
    sine = torch.sin(angle)
    if sine < 1e-4 or min(lengths) == 0:
        return torch.lerp(first, second, share)
    length = torch.lerp(*lengths, share)
    along = torch.sin((1 - share) * angle) * first / lengths[0] + torch.sin(share * angle) * second / lengths[1]
    found: Tensor = length * along / sine
    return found
