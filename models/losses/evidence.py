"""What a picture costs a variational autoencoder: its negative evidence lower bound in bits per dimension."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from models.losses.pixels import Pixels


def bits_per_dimension(kl: Sequence[Tensor], pixels: Pixels, pictures: Tensor) -> Tensor:
    """The cost (B,) of pictures (B, C, H, W): KL of every group (B, ...) and negative log-likelihood, over C H W."""
    divergence = torch.stack([group.flatten(1).sum(1) for group in kl]).sum(0)
    nats = divergence - pixels.log_likelihood(pictures).sum((1, 2))
    return nats / (pictures[0].numel() * math.log(2))
