"""What the panel reports: what it stands on, then what is measured of every variant again and again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Floats = npt.NDArray[np.float32]
Images = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class HierarchyStart(Frame):
    """V equal nets with G groups. `sides` (G,) of the groups' latents from the top, `dimensions` of a picture,
    `parameters` of a net, and `originals` (N, H, W, C), held out, that are reconstructed.
    """

    sides: npt.NDArray[np.int64]
    dimensions: int
    parameters: int
    originals: Images


@dataclass(frozen=True)
class HierarchyFrame(Frame):
    """All V variants after `step` steps, measured on held-out pictures, in nats a picture.

    `kl` (V, G, C) of every latent channel, summed over its places; `reconstruction` (V,) the negative log-likelihood;
    `weight` (V,) the KL's weight in the loss of the step that led here. `samples` (V, N, H, W, C) from the prior at
    temperature 1, and `reconstructions` (V, M, H, W, C) of the originals.
    """

    step: int
    kl: Floats
    reconstruction: Floats
    weight: Floats
    samples: Images
    reconstructions: Images


@dataclass(frozen=True)
class HierarchyFailure(Frame):
    """A variant's loss or gradient was not a finite number, so the run stopped."""

    step: int
    variant: int
