"""From the last hidden states to logits, a block of the vocabulary at a time.

For a few rows the product of states and output weights is far from what either memory or arithmetic allow:
with 8 rows of GPT-2 on one thread, blocks of 1,024 tokens take three quarters of the time of one product.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

BLOCK = 1024  # tokens
LARGE = 2**24  # weights; smaller matrices stay in the processor's own memory, and blocks gain nothing


class Projection:
    """The output weights of a model, read block by block."""

    def __init__(self, head: nn.Linear) -> None:
        self._blocks = torch.split(head.weight, BLOCK)
        self._biases = [None] * len(self._blocks) if head.bias is None else torch.split(head.bias, BLOCK)

    def __call__(self, hidden: Tensor) -> Tensor:
        """Logits (R, V) of hidden states (R, D)."""
        pairs = zip(self._blocks, self._biases, strict=True)
        return torch.cat([nn.functional.linear(hidden, weight, bias) for weight, bias in pairs], dim=-1)


def projection_of(model: Any, hidden: Tensor, logits: Tensor) -> Projection | None:
    """The projection of a causal model, if it gives these logits (F, V) for the hidden states (F, D) before them.

    None on a GPU, for small output weights, and for models that do more than multiply, such as capping.
    """
    head = model.get_output_embeddings()
    if type(head) is not nn.Linear or head.weight.numel() < LARGE or head.weight.device.type != "cpu":
        return None
    projection = Projection(head)
    return projection if torch.allclose(projection(hidden), logits, rtol=1e-4, atol=1e-4) else None
