"""nuisance-64: ten classes in 12 directions of a 64-dimensional space, buried in noise in the other 52.

An input is x = R [s; n]: signal s (12,) around its class's centre, nuisance n (52,), both Gaussian, and a rotation R
that hides which is which. A view keeps the signal and draws the nuisance anew, so only who learns to ignore the
nuisance finds the classes. All is drawn from one constant seed: trainings with different seeds see the same data.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Generator, Tensor

from playground.tabs.collapse.dataset import MOST_PROBES, Dataset

CLASSES, SIGNAL, NUISANCE = 10, 12, 52
INPUTS = 4096
CENTRES, SPREAD, AMPLITUDE = 1.5, 0.5, 1.5  # standard deviations by coordinate
SEED = 64


def rotation() -> Tensor:
    """The rotation R (64, 64): its first 12 columns span the signal, the others the nuisance."""
    square = np.random.default_rng(SEED).standard_normal((SIGNAL + NUISANCE, SIGNAL + NUISANCE))
    q, r = np.linalg.qr(square)
    return torch.from_numpy((q * np.sign(np.diag(r))).astype(np.float32))


@cache
def nuisance() -> Dataset:
    """The data set: 4,096 inputs (64,) and 512 probe points."""
    draw = np.random.default_rng(SEED + 1)
    centres = CENTRES * draw.standard_normal((CLASSES, SIGNAL))
    labels = np.arange(INPUTS + MOST_PROBES, dtype=np.int64) % CLASSES
    signal = centres[labels] + SPREAD * draw.standard_normal((len(labels), SIGNAL))
    noise = AMPLITUDE * draw.standard_normal((len(labels), NUISANCE))
    rotated = rotation()
    inputs = torch.from_numpy(np.hstack([signal, noise]).astype(np.float32)) @ rotated.T
    kept = rotated[:, :SIGNAL] @ rotated[:, :SIGNAL].T  # (64, 64), projects on the signal
    redrawn = rotated[:, SIGNAL:].T.contiguous()  # (52, 64)

    def view(batch: Tensor, generator: Generator, noise: float) -> Tensor:
        fresh = torch.randn(len(batch), NUISANCE, generator=generator, device=generator.device).to(batch.device)
        return batch @ kept.to(batch.device) + (AMPLITUDE * noise) * fresh @ redrawn.to(batch.device)

    classes = tuple(str(number) for number in range(CLASSES))
    return Dataset(inputs[:INPUTS], classes, inputs[INPUTS:], labels[INPUTS:], is_image=False, view=view)
