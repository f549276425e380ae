"""KL warm-up and balancing: what keeps a hierarchy's groups of latents in use while it learns.

Vahdat and Kautz 2020, arXiv 2007.03898, section 3.2 and appendix: the KL counts little at first, and while it does,
each group counts by the KL it already has for its size, so that groups with little are not driven to none.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

WARM_UP_SHARE = 0.3
LEAST_WEIGHT = 1e-4


def warm_up(step: int, steps: int, share: float = WARM_UP_SHARE) -> float:
    """The weight of the KL at a step: linear from 0.0001 to 1 over a share of the training."""
    return min(1.0, max(LEAST_WEIGHT, step / max(1.0, share * steps)))


def group_sizes(scale_of_groups: Sequence[int], power: float = 2.0) -> Tensor:
    """The relative size (G,) that a group's KL is measured by, shared by its scale's groups.

    A scale's size is its side to the `power`: 2 for its places, as published; less where the coarse scales are to
    keep more.
    """
    sizes: list[float] = [2.0 ** (power * scale) / scale_of_groups.count(scale) for scale in scale_of_groups]
    smallest = min(sizes)
    return torch.tensor([size / smallest for size in sizes])


def balance(kl: Tensor, sizes: Tensor) -> Tensor:
    """Weights (G,) of mean 1 of the groups' mean KLs (G,), constants for the gradient."""
    weights = (kl.detach().abs() + 0.01) / sizes.to(kl)
    return weights / weights.mean()


def weighted_kl(kl: Tensor, weight: float, sizes: Tensor | None) -> Tensor:
    """The KL's part of the loss in nats, of group KLs (B, G); balanced, given sizes, while its weight is below 1."""
    of_groups = kl.mean(0)
    if sizes is not None and weight < 1:
        of_groups = of_groups * balance(of_groups, sizes)
    return weight * of_groups.sum()
