"""Three ways to keep a critic from being steep, and how steep it is.

Weight clipping: Arjovsky, Chintala and Bottou 2017, arXiv 1701.07875. Gradient penalty: Gulrajani and others 2017,
arXiv 1704.00028. Spectral normalisation: Miyato and others 2018, arXiv 1802.05957.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import normalize


def clip(parameters: Iterable[Tensor], bound: float) -> None:
    """Move every parameter into [-bound, bound], in place."""
    with torch.no_grad():
        for parameter in parameters:
            parameter.clamp_(-bound, bound)


def gradient_penalty(gradients: Tensor) -> Tensor:
    """The mean of (|g| - 1)² over gradients (N, D)."""
    norms: Tensor = torch.linalg.vector_norm(gradients, dim=1)
    return (norms - 1).square().mean()


def between(real: Tensor, fake: Tensor, shares: Tensor) -> Tensor:
    """Points (N, D) on the lines from a fake to a real point, at shares (N, 1) of the way."""
    return fake + shares * (real - fake)


def iterated(weight: Tensor, left: Tensor, iterations: int = 1) -> tuple[Tensor, Tensor]:
    """Better singular vectors (rows,) and (columns,) of a weight's largest singular value, from a left one."""
    with torch.no_grad():
        for _ in range(iterations):
            right = normalize(weight.T @ left, dim=0)
            left = normalize(weight @ right, dim=0)
    return left, right


def over_norm(weight: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """The weight over its largest singular value, which its singular vectors give; they take no gradient."""
    return weight / (left @ weight @ right)


def normalized(weight: Tensor) -> Tensor:
    """The weight over its exact largest singular value; a weight of zeros stays zero."""
    norm: Tensor = torch.linalg.matrix_norm(weight, 2)
    return weight / norm.clamp(min=1e-12)


def steepness_bound(weights: Sequence[Tensor]) -> float:
    """The product of the largest singular values: no perceptron with these weights is steeper anywhere."""
    norms = [torch.linalg.matrix_norm(weight.detach().double(), 2) for weight in weights]
    return float(torch.stack(norms).prod())
