"""Maximum mean discrepancy of codes to the prior, the penalty of a WAE-MMD (Tolstikhin et al. 2018, arXiv 1711.01558).

Inverse multiquadratic kernels C / (C + |x - y|^2), whose tails are heavy enough to pull in far codes, summed over
seven widths around C = 2 d, the squared distance to expect of two draws of N(0, I).
"""

from __future__ import annotations

import torch
from torch import Tensor

SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def mmd(codes: Tensor, prior: Tensor) -> Tensor:
    """The unbiased estimate of MMD^2 between codes (n, d) and draws of the prior (n, d); below 0 by chance."""
    with torch.autocast(codes.device.type, enabled=False):
        codes, prior = (sample if sample.dtype == torch.float64 else sample.float() for sample in (codes, prior))
        return _within(codes) + _within(prior) - 2 * _kernel(codes, prior).mean()


def _within(sample: Tensor) -> Tensor:
    """The mean kernel of different points of a sample (n, d)."""
    points = len(sample)
    kernel = _kernel(sample, sample)
    return (kernel.sum() - kernel.diagonal().sum()) / (points * (points - 1))


def _kernel(left: Tensor, right: Tensor) -> Tensor:
    """The summed kernels (n, m) of points (n, d) and (m, d)."""
    squared = (left.square().sum(1)[:, None] + right.square().sum(1) - 2 * left @ right.T).clamp_min(0)
    widths = [2 * left.shape[1] * scale for scale in SCALES]
    return torch.stack([width / (width + squared) for width in widths]).sum(0)
