"""What the live training of autoencoders reports: the ground it stands on, then samples and numbers of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class AutoencodersStart(Frame):
    """What stays the same from step 0 to the end.

    `treatments` are the K trained ones. `labels` (M,) of the M test pictures index `classes`; `originals`
    (R, H, W, C) are the first of them. `reference` is the Fréchet distance of the test pictures to the training
    pictures, `count` how many pictures are compared.
    """

    treatments: tuple[str, ...]
    classes: tuple[str, ...]
    labels: Ints
    originals: Pixels
    reference: float
    count: int


@dataclass(frozen=True)
class AutoencodersFrame(Frame):
    """All K treatments after `step` steps; nan where there is no such number.

    Numbers (K,): `loss` of the last batch; of the test pictures `reconstruction`, the squared error a picture, and
    `gap`, the entropy in nats that their codes lack to as many draws of N(0, I), negative where they spread more.
    `frechet` (K, 3): distance to the training pictures of samples from N(0, I), from N(0, I) scaled to the mean and
    deviation of every coordinate of the codes, and from the mixture.
    `normal` and `mixture` (K, S, H, W, C) are samples, `reconstructions` (K, R, H, W, C) of the originals.
    `histogram` (K, B) is the density of all numbers of the test codes in B bins of equal width from -4 to 4,
    `quantiles` (K, Q) their quantiles. `points` (K, M, 2) are the codes where they have two numbers, else (K, 0, 2).
    """

    step: int
    loss: Floats
    reconstruction: Floats
    gap: Floats
    frechet: Floats
    normal: Pixels
    mixture: Pixels
    reconstructions: Pixels
    histogram: Floats
    quantiles: Floats
    points: npt.NDArray[np.float16]


@dataclass(frozen=True)
class AutoencodersFailure(Frame):
    """The loss of a treatment was not a finite number, so the run stopped: at which step."""

    step: int
    treatment: str
