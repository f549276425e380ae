"""Losses that teach an encoder which texts are alike, on the vectors or cosines of N pairs.

Labels are larger where the texts of a pair are more alike. Where a loss takes targets, they lie in 0..1. Everything
is computed in single precision at least.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity, cross_entropy, linear, mse_loss, normalize


def cosent(cosines: Tensor, labels: Tensor, scale: float = 20.0) -> Tensor:
    """log(1 + sum of exp(scale * (cosines[j] - cosines[i])) over all i, j with labels[i] > labels[j]).

    Only the order of the labels matters; where all are equal, the loss and its gradient are 0. `cosines` (N,) may
    be any scores (Su 2022, kexue.fm 8847; of logits of a cross-encoder: kexue.fm 9341, with a scale of 1).
    """
    cosines = _precise(cosines)
    higher = labels[:, None] > labels  # (N, N): pair i is to score above pair j
    excess = (cosines - cosines[:, None])[higher]
    return torch.cat([cosines.new_zeros(1), scale * excess]).logsumexp(0)


def angle(u: Tensor, v: Tensor, labels: Tensor, scale: float = 20.0) -> Tensor:
    """The loss of `cosent` on angle similarities of vectors (N, D), D even (Li and Li 2023, arXiv 2309.12871)."""
    return cosent(angle_similarity(u, v), labels, scale)


def angle_similarity(u: Tensor, v: Tensor) -> Tensor:
    """How alike vectors (N, D) are as complex ones, whose halves are real and imaginary parts: (N,).

    The absolute sum of both parts of u / v, where both have length 1. As in the authors' code; equation 3 of the
    paper has the opposite sign.
    """
    u, v = (normalize(_precise(each), dim=1) for each in (u, v))
    (a, b), (c, d) = u.chunk(2, dim=1), v.chunk(2, dim=1)
    return ((u * v).sum(1) + (b * c - a * d).sum(1)).abs()


def cosine_mse(cosines: Tensor, targets: Tensor) -> Tensor:
    """The mean squared distance of cosines (N,) from targets (N,)."""
    cosines = _precise(cosines)
    return mse_loss(cosines, targets.to(cosines.dtype))


def cos_1(cosines: Tensor, targets: Tensor) -> Tensor:
    """The mean of t (1 - cos) + (1 - t) (1 + cos): pairs that are not alike are pushed to -1 (kexue.fm 8847)."""
    cosines = _precise(cosines)
    return (targets * (1 - cosines) + (1 - targets) * (1 + cosines)).mean()


def cos_2(cosines: Tensor, targets: Tensor) -> Tensor:
    """The mean of t (1 - cos)^2 + (1 - t) cos^2: pairs that are not alike are pushed to 0 (kexue.fm 8847)."""
    cosines = _precise(cosines)
    return (targets * (1 - cosines) ** 2 + (1 - targets) * cosines**2).mean()


def in_batch_contrastive(u: Tensor, v: Tensor, scale: float = 20.0) -> Tensor:
    """The mean cross-entropy of finding each pair's other text among all second texts of the batch, by cosine.

    u, v: (N, D), row i of both an alike pair (Henderson et al. 2017, arXiv 1705.00652; unsupervised SimCSE where
    both rows are the same text under two dropout masks: Gao et al. 2021, arXiv 2104.08821).
    """
    cosines = normalize(_precise(u), dim=1) @ normalize(_precise(v), dim=1).T  # (N, N)
    return cross_entropy(scale * cosines, torch.arange(len(u), device=u.device))


class SoftmaxHead(nn.Module):
    """Class logits of a pair from [u; v; |u - v|], for the softmax loss of Sentence-BERT (arXiv 1908.10084).

    Args:
        dimension: D of the vectors.
        classes: how many classes there are.
        generator: what the weights are drawn with; the process's own if none is given.
    """

    def __init__(self, dimension: int, classes: int = 2, generator: torch.Generator | None = None) -> None:
        super().__init__()
        bound = 1 / math.sqrt(3 * dimension)
        self.weight = nn.Parameter(torch.empty(classes, 3 * dimension).uniform_(-bound, bound, generator=generator))
        self.bias = nn.Parameter(torch.empty(classes).uniform_(-bound, bound, generator=generator))

    def forward(self, u: Tensor, v: Tensor) -> Tensor:
        """Logits (N, classes) of vectors (N, D)."""
        return linear(torch.cat([u, v, (u - v).abs()], dim=1), self.weight, self.bias)


def pair_cosines(u: Tensor, v: Tensor) -> Tensor:
    """The cosines (N,) of vectors (N, D), row by row."""
    return cosine_similarity(_precise(u), _precise(v), dim=1)


def _precise(values: Tensor) -> Tensor:
    return values if values.dtype == torch.float64 else values.float()
