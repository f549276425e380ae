"""Outputs made up to show what the measures say: ten classes, 512 rows, 64 dimensions."""

from __future__ import annotations

import numpy as np

from playground.tabs.collapse.diagnose.request import Example
from playground.tabs.collapse.pairs import Array, Labels

ROWS, DIMENSION, CLASSES = 512, 64, 10
FEW = 4  # directions that are left behind the BatchNorm


def example(name: Example, seed: int) -> tuple[Array, Labels]:
    """The outputs (512, 64) and their classes (512,)."""
    random = np.random.default_rng(seed)
    labels = random.integers(CLASSES, size=ROWS)
    centres = random.normal(size=(CLASSES, DIMENSION))
    noise = random.normal(size=(ROWS, DIMENSION))
    if name == "healthy":
        return centres[labels] + 0.5 * noise, labels
    if name == "complete-collapse":
        return centres[0] + 0.01 * (centres[labels] + noise), labels
    if name == "behind-batch-norm":
        few = (centres[labels] + 0.5 * noise)[:, :FEW] @ random.normal(size=(FEW, DIMENSION))
        return (few - few.mean(axis=0)) / few.std(axis=0), labels
    along = random.normal(size=(ROWS, 1)) + centres[labels, :1]
    return along * centres[:1] + 0.03 * noise, labels
