"""The loss of SimSiam: negative cosine between prediction and target (Chen and He 2021, equations 1 and 2)."""

from __future__ import annotations

from torch import Tensor
from torch.linalg import vector_norm

LEAST_LENGTH = 1e-8


def negative_cosine(prediction: Tensor, target: Tensor) -> Tensor:
    """D(p, z) = -mean over B of the cosine of p and z, both (..., B, d): (...), from -1 to 1; 0 for a row of zeros."""
    return -(unit(prediction) * unit(target)).sum(-1).mean(-1)


def unit(z: Tensor) -> Tensor:
    """The rows z / ||z||."""
    length: Tensor = vector_norm(z, dim=-1, keepdim=True)
    return z / length.clamp_min(LEAST_LENGTH)
