"""What a run reports: the model's hierarchy with A and B, then pictures, then what each group does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Images = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class SamplingStart(Frame):
    """A model of G groups: their `scales` (G,) from 0 at the top and `sides` (G,), its latent channels and its
    attributes; `picked` (2, H, W, C) are A and B. How many pictures each of the named `sections` has, in every one of
    the `variants`."""

    scales: Ints
    sides: Ints
    channels: int
    attributes: tuple[str, ...]
    picked: Images
    variants: tuple[str, ...]
    sections: dict[str, int]


@dataclass(frozen=True)
class Pictures(Frame):
    """Some pictures (N, H, W, C) of a section of a variant, behind those that came before."""

    variant: int
    section: int
    images: Images


@dataclass(frozen=True)
class GroupMap(Frame):
    """What each of the G groups tells: `kl` (G,) in nats and `active` (G,) channels whose KL is above 0.1 nats, both
    on average over pictures, and for the subject `maps`, the nats (side, side) at every place of a group."""

    kl: Floats
    active: Ints
    maps: tuple[Floats, ...]
