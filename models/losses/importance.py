"""The importance-weighted bound on a picture's log-likelihood (Burda et al. 2016, arXiv 1509.00519, equation 8).

With one draw it is the evidence lower bound on average; with more it can only rise, towards the log-likelihood.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from models.losses.normals import Normal


def log_weights(
    noise: Sequence[Tensor], priors: Sequence[Normal], posteriors: Sequence[Normal], log_likelihood: Tensor
) -> Tensor:
    """log p(picture, latents) - log q(latents) in nats (B,) of latents that were drawn from the posteriors.

    noise of every group (B, ...) from its prior's mean; log_likelihood (B, ...) of the picture given the latents.
    """
    total = log_likelihood.flatten(1).sum(1)
    for drawn, prior, posterior in zip(noise, priors, posteriors, strict=True):
        latents = prior.at(drawn)
        ratio = prior.log_density(latents) - posterior.log_density(latents)
        total = total + ratio.flatten(1).sum(1)
    return total


def importance_bound(weights: Tensor) -> Tensor:
    """The bound (B,) in nats, of the log weights (K, B) of K draws."""
    return torch.logsumexp(weights, 0) - math.log(len(weights))
