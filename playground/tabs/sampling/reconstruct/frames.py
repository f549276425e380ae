"""What a run tells: the picture, how each set's models see it, and what every model makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Original(Frame):
    """The middle square (H, W, 3) of the picture, at most 256 pixels wide, and the sides of all of it."""

    picture: Bytes
    width: int
    height: int


@dataclass(frozen=True)
class Prepared(Frame):
    """The picture (side, side, C) as the models of a set see it; `steps` name what was done to it, in order."""

    set: str
    picture: Bytes
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Reconstruction(Frame):
    """What a model makes of it: picture (side, side, C), absolute errors (side, side) of values in [0, 1].

    `squared_error` is the mean over all values, `bits` the negative evidence bound per dimension, of an NVAE only,
    `latent_bits` the part of it that is KL. `error_below` and `bits_below` are the shares of the set's `held_out`
    pictures with less; without reference figures `held_out` is 0.
    """

    set: str
    model: str
    picture: Bytes
    errors: Floats
    squared_error: float
    bits: float | None = None
    latent_bits: float | None = None
    error_below: float | None = None
    bits_below: float | None = None
    held_out: int = 0


@dataclass(frozen=True)
class Missing(Frame):
    """A model that cannot be had here, and why: an English template with its values."""

    set: str
    model: str
    message: str
    values: dict[str, str]
