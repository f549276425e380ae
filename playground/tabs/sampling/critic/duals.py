"""What a critic f says about the distance of a real batch x and a fake batch y: values of the dual problem.

Kantorovich's dual of the Wasserstein-1 distance: the largest mean f(x) + mean g(y) with f(x) + g(y) <= |x - y|.
For a 1-Lipschitz f, g = -f is allowed. For any f the c-transform is the best g for f on the real batch (Mallasto,
Montúfar and Gerolin 2019, arXiv 1910.03875).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def difference(real: Tensor, fake: Tensor) -> Tensor:
    """mean f(x) - mean f(y) of values (N,) and (M,): a lower bound of the distance if f is 1-Lipschitz."""
    return real.mean() - fake.mean()


def transformed(real: Tensor, costs: Tensor) -> Tensor:
    """The c-transform f^c(y_j) = min_i (c_ij - f(x_i)), (M,), of values (N,) and costs (N, M)."""
    return (costs - real[:, None]).amin(dim=0)


def softly_transformed(real: Tensor, costs: Tensor, epsilon: float) -> Tensor:
    """The (c, ε)-transform -ε log mean_i exp(-(c_ij - f(x_i)) / ε), (M,): never below the c-transform."""
    exponents = (real[:, None] - costs) / epsilon
    return -epsilon * (torch.logsumexp(exponents, dim=0) - math.log(len(real)))


def transformed_dual(real: Tensor, costs: Tensor) -> Tensor:
    """mean f(x) + mean f^c(y): at most the distance of the batches, whatever f is, and equal for the best one."""
    return real.mean() + transformed(real, costs).mean()


def softly_transformed_dual(real: Tensor, costs: Tensor, epsilon: float) -> Tensor:
    """The same with the (c, ε)-transform: at most the entropic cost, which is at most ε log N above the distance."""
    return real.mean() + softly_transformed(real, costs, epsilon).mean()
