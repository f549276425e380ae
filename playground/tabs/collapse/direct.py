"""DirectPred: the linear predictor set from the correlations of the outputs, instead of learned.

Tian, Chen and Ganguli 2021, arXiv 2102.06810: W_p = U diag(p) U^T with p_j = sqrt(s_j) + epsilon max_j s_j, where
F = U diag(s) U^T is the moving correlation of the outputs and s was divided by its largest first.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad

KEPT = 0.3  # rho: how much of the moving correlation stays at each step
EPSILON = 0.01


def correlation(before: Tensor, z: Tensor) -> Tensor:
    """The moving correlation F (K, D, D) with the outputs z (K, N, D) of one more step."""
    return before * KEPT + (torch.bmm(z.mT, z) / z.shape[1]) * (1 - KEPT)


def weight(moving: Tensor, dimension: int) -> Tensor:
    """The symmetric predictor W_p (K, D, D) of F (K, D, D), zero beyond the first d rows and columns.

    A prediction is z W_p. Where F is not finite or zero, so is W_p up to the numbers that stand for them.
    """
    finite = moving.isfinite().flatten(1).all(1)[:, None, None]
    usable = torch.where(finite, moving, torch.zeros_like(moving))[:, :dimension, :dimension]
    s, u = torch.linalg.eigh(usable)  # ascending
    s = s.clamp_min(0)
    s = s / s[:, -1:].clamp_min(torch.finfo(s.dtype).tiny)
    p = s.sqrt() + EPSILON * s[:, -1:]
    beyond = moving.shape[1] - dimension
    u, p = pad(u, (0, beyond, 0, beyond)), pad(p, (0, beyond))
    return torch.bmm(u * p[:, None, :], u.mT)
