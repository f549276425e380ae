"""Likelihood over a vocabulary at a tenth of its cost: the batch's own tokens and a few others stand for all.

Importance sampling of the sum in the softmax (Jean et al. 2015, arXiv 1412.2007): every token that the batch asks for
is there, and each of the others drawn counts for as many as were not drawn. The sum is right on average.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def draw_candidates(labels: Tensor, vocabulary: int, drawn: int, generator: torch.Generator) -> tuple[Tensor, ...]:
    """Candidate tokens (C,), what to add to their logits (C,), and the place of every label (M,) among them."""
    present, places = torch.unique(labels, return_inverse=True)
    absent = torch.ones(vocabulary, dtype=torch.bool).index_fill(0, present, False).nonzero()[:, 0]
    others = absent[torch.randperm(len(absent), generator=generator)[:drawn]]
    addition = torch.zeros(len(present) + len(others))
    addition[len(present) :] = math.log(len(absent) / len(others)) if len(others) else 0.0
    return torch.cat([present, others]), addition, places
