"""The parameters of K variants as rows of one matrix, and their SGD.

One row holds all weights of a variant, then its biases, scales and shifts, so that a step of all variants is a few
operations on one matrix. A parameter that a variant's present mode does not use rests: it neither moves nor decays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

MOMENTUM = 0.9

Need = Literal["always", "hidden norm", "no hidden norm", "no output norm", "no prediction norm"]
Uses = Mapping[Need, tuple[bool, ...]]  # which of the K variants use what


@dataclass(frozen=True)
class Slot:
    """One tensor of every variant: its name, its first values, and when it is used."""

    name: str
    first: Tensor
    need: Need = "always"


class Parameters:
    """`values`, `momentum` and `gradient` (K, P) of K variants that start alike.

    `leaves` are the same parameters (K, *shape) by name, to differentiate by; they share the values' memory.
    """

    def __init__(self, slots: Collection[Slot], variants: int, device: str) -> None:
        self.slots = tuple(slots)
        row = torch.cat([slot.first.flatten() for slot in self.slots]).to(device)
        self.values = row.repeat(variants, 1)
        self.momentum = torch.zeros_like(self.values)
        self.gradient = torch.zeros_like(self.values)
        self.leaves = {name: tensor.requires_grad_() for name, tensor in self.views(self.values).items()}
        self._masks: dict[tuple[tuple[bool, ...], ...], Tensor | None] = {}

    def views(self, values: Tensor) -> dict[str, Tensor]:
        """The parameters (K, *shape) by name, as views of a matrix (K, P)."""
        pieces = torch.split(values, [slot.first.numel() for slot in self.slots], dim=1)
        named = zip(self.slots, pieces, strict=True)
        return {slot.name: piece.view(-1, *slot.first.shape) for slot, piece in named}

    def collect(self, gradients: Mapping[str, Tensor | None]) -> None:
        """Take the gradients of the leaves; None is zero."""
        whole = (gradients[slot.name] for slot in self.slots)
        leaves = self.leaves.values()
        filled = (torch.zeros_like(leaf) if each is None else each for leaf, each in zip(leaves, whole, strict=True))
        self.gradient = torch.cat([each.flatten(1) for each in filled], dim=1)

    def move(self, uses: Uses, rates: Tensor, decays: Tensor) -> None:
        """One SGD step of what is used, with rates (K, 1) and weight decays (K, 1), as torch.optim.SGD takes it."""
        if not any(uses["always"]):
            return
        momentum = (self.values * decays).add_(self.gradient).add_(self.momentum * MOMENTUM)
        values = self.values - momentum * rates
        mask = self._mask(uses)
        self.momentum.copy_(momentum if mask is None else torch.where(mask, momentum, self.momentum))
        self.values.copy_(values if mask is None else torch.where(mask, values, self.values))

    def _mask(self, uses: Uses) -> Tensor | None:
        """What moves, (K, P); None where all does."""
        key = tuple(uses[slot.need] for slot in self.slots)
        if key not in self._masks:
            self._masks.clear() if len(self._masks) > 16 else None
            columns = torch.tensor(key, device=self.values.device).T  # (K, slots)
            lengths = torch.tensor([slot.first.numel() for slot in self.slots], device=self.values.device)
            self._masks[key] = None if all(map(all, key)) else columns.repeat_interleave(lengths, dim=1)
        return self._masks[key]
