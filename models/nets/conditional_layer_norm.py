"""LayerNorm whose scale and shift depend on a condition: one model, many tasks (Su, bert4keras and Sohu 2021).

    y = (gamma + W_gamma c) * norm(x) + (beta + W_beta c),    W_gamma = W_beta = 0 at the start

so that a pre-trained model goes on from exactly where it stood, whatever the condition c.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch
from torch import Tensor, nn
from torch.nn.functional import layer_norm

# One forward pass reads one condition, in whichever thread: the layers between need not hand it on.
_condition: ContextVar[Tensor | None] = ContextVar("condition", default=None)


@contextmanager
def conditioned_on(condition: Tensor) -> Iterator[None]:
    """Within the block every :class:`ConditionalLayerNorm` is told the condition (B, C) of the rows of its batch."""
    token = _condition.set(condition)
    try:
        yield
    finally:
        _condition.reset(token)


class ConditionalLayerNorm(nn.Module):
    """A LayerNorm over the last dimension D, moved by a condition of C numbers; the plain one outside of a block."""

    def __init__(self, plain: nn.LayerNorm, condition_size: int) -> None:
        super().__init__()
        self.plain = plain
        (width,) = plain.normalized_shape
        # Made as zeros: a layer that draws its start first would move the global generator.
        self.gamma = nn.Parameter(torch.zeros(width, condition_size))
        self.beta = nn.Parameter(torch.zeros(width, condition_size))

    def forward(self, x: Tensor) -> Tensor:
        """Normalised x (B, T, D), row b under the condition b."""
        condition = _condition.get()
        if condition is None:
            plain: Tensor = self.plain(x)
            return plain
        gamma = self.plain.weight + condition @ self.gamma.T  # (B, D)
        beta = self.plain.bias + condition @ self.beta.T
        normal = layer_norm(x, self.plain.normalized_shape, eps=self.plain.eps)
        return normal * gamma.unsqueeze(1) + beta.unsqueeze(1)


def make_conditional(module: nn.Module, condition_size: int) -> list[ConditionalLayerNorm]:
    """Put a conditional LayerNorm around every LayerNorm inside a module; the new ones."""
    found = [(parent, name, child) for parent in module.modules() for name, child in parent.named_children()]
    made = []
    for parent, name, child in found:
        if isinstance(child, nn.LayerNorm):
            made.append(ConditionalLayerNorm(child, condition_size))
            setattr(parent, name, made[-1])
    return made
