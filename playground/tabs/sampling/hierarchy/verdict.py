"""What the KL of a group says: whether its latents are in use, or have collapsed onto the prior."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["collapsed", "in use", "too early"]

COLLAPSED = 0.1  # nats a picture that a group, or a channel of it, must carry to count as used
FULL = 1.0  # weight of the KL


def active_units(kl: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """How many latent channels of every group carry more than 0.1 nats, from their KL (..., C)."""
    counts: npt.NDArray[np.int64] = (kl > COLLAPSED).sum(-1)
    return counts


def verdict(nats: float, weight: float) -> Kind:
    """On a group with so many nats. While the KL does not count fully, a group in use may still be given up."""
    if nats < COLLAPSED:
        return "collapsed"
    return "in use" if weight >= FULL else "too early"


def bits_per_dimension(nats: float, dimensions: int) -> float:
    """Nats a picture as bits for each of its numbers."""
    return nats / (dimensions * math.log(2))
