"""What a training learns from: inputs, random views of them, and a labelled probe that is never trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import Generator, Tensor

MOST_PROBES = 512

View = Callable[[Tensor, Generator, float], Tensor]


@dataclass(frozen=True)
class Dataset:
    """N inputs (N, *shape) and P probe points (P, *shape), float32, with `labels` (P,) that index `classes`.

    Shapes are (D,) or, for images, (C, H, W). `view(batch, generator, noise)` is one random view (B, *shape) of a
    batch (B, *shape); the generator alone decides it, and two views are the farther apart the greater the noise.
    """

    inputs: Tensor
    classes: tuple[str, ...]
    probe: Tensor
    labels: npt.NDArray[np.int64]
    is_image: bool
    view: View
