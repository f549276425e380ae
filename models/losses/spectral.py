"""Spectral regularisation: the sum of the largest singular values of all convolutions, by power iteration.

Keeps a small change of the latents a small change of the picture, and the KL bounded. Vahdat and Kautz 2020,
arXiv 2007.03898, section 3.3; the norm of BatchNorm's scales, also there, is added.
"""

from __future__ import annotations

from collections import defaultdict

import torch
from torch import Tensor, nn

FIRST_ITERATIONS, ITERATIONS = 40, 4


class SpectralRegularizer:
    """Holds the singular vectors between calls, which is why few iterations suffice.

    Weights of one shape are stacked and iterated together; a kernel (out, in, h, w) counts as a matrix
    (out, in h w).
    """

    def __init__(self, model: nn.Module, seed: int = 0) -> None:
        shapes: dict[tuple[int, int], list[Tensor]] = defaultdict(list)
        for module in model.modules():
            if isinstance(module, nn.Conv2d):
                shapes[(module.weight.shape[0], module.weight[0].numel())].append(module.weight)
        generator = torch.Generator().manual_seed(seed)
        self._weights = list(shapes.values())
        self._left = [torch.randn(len(same), rows, 1, generator=generator) for (rows, _), same in shapes.items()]
        self._scales = [module.weight for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
        self._iterations = FIRST_ITERATIONS

    @property
    def vectors(self) -> list[Tensor]:
        """The left singular vectors (N, rows, 1), by the weights' shapes, that the next call starts from."""
        return self._left

    @vectors.setter
    def vectors(self, left: list[Tensor]) -> None:
        self._left, self._iterations = left, ITERATIONS

    def __call__(self) -> Tensor:
        """The sum over the model; its gradient is that of the singular values."""
        total = torch.stack([scale.abs().max() for scale in self._scales]).sum() if self._scales else torch.zeros(())
        for place, same in enumerate(self._weights):
            total = total + self._largest(place, torch.stack([weight.flatten(1) for weight in same])).sum()
        self._iterations = ITERATIONS
        return total

    def _largest(self, place: int, matrices: Tensor) -> Tensor:
        """The largest singular values (N,) of matrices (N, rows, columns)."""
        with torch.no_grad():
            left = self._left[place].to(matrices)
            for _ in range(self._iterations):
                right = nn.functional.normalize(matrices.mT @ left, dim=1)
                left = nn.functional.normalize(matrices @ right, dim=1)
            self._left[place] = left
        return (left.mT @ matrices @ right).flatten()
