"""A linear map behind a sentence encoder, on vectors that were computed once: the identity at first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import linear


class Trained(Protocol):
    """What gives the sentences of a set vectors and can be trained: an nn.Module."""

    dimension: int

    def __call__(self, rows: Tensor) -> Tensor:
        """Vectors (n, D) of sentences, given as their places in the set (n,)."""
        ...

    def chunks(self, rows: Tensor) -> Iterator[Tensor]:
        """The same without a gradient, in parts that take a moment each."""
        ...


class LinearMap(nn.Module):
    """W x of the vectors x, with W = I before anything is learnt."""

    def __init__(self, vectors: Tensor) -> None:
        super().__init__()
        self._vectors = vectors
        self.dimension = vectors.shape[1]
        self.weight = nn.Parameter(torch.eye(self.dimension))

    def forward(self, rows: Tensor) -> Tensor:
        """Vectors (n, D) of sentences (n,)."""
        return linear(self._vectors[rows], self.weight)

    @torch.no_grad()
    def chunks(self, rows: Tensor) -> Iterator[Tensor]:
        """All at once, which takes no more than a moment."""
        yield self(rows)
