"""Attribute directions of a model: which it has, and a picture moved along some of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from models.nets.directions import Direction
from models.nets.directions import move as moved_along
from models.nets.nvae import NVAE
from playground.runtime.errors import InvalidRequest
from playground.tabs.sampling.noises import Noise
from playground.tabs.sampling.request import Move

UNKNOWN = "This model has no direction for {name}: choose one of its own."


def attributes_of(model: NVAE) -> Mapping[str, Direction]:
    """The directions by name; none where the model ships without."""
    known: Mapping[str, Direction] = getattr(model, "directions", {})
    return known


def require_known(moves: Sequence[Move], directions: Mapping[str, Direction]) -> None:
    """InvalidRequest if an attribute is none of the model's."""
    for each in moves:
        if each.name not in directions:
            raise InvalidRequest(UNKNOWN, name=each.name)


def moved(
    noise: Noise, directions: Mapping[str, Direction], moves: Sequence[Move], temperatures: Sequence[float]
) -> Noise:
    """The noise (1, C, H, W) of every group, moved by each amount along its attribute.

    The temperature (G,) of each group, which will multiply it all, is divided out of the directions.
    """
    path = [torch.zeros_like(group) for group in noise]
    for each in moves:
        path = moved_along(path, directions[each.name], each.amount)
    return [group + step / temperature for group, step, temperature in zip(noise, path, temperatures, strict=True)]
