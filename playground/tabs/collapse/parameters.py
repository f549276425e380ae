"""The parameters of K variants as rows of one matrix, and their SGD.

One row holds all weights of a variant, then its biases, scales and shifts, so that a step of all variants is a few
operations on one matrix. A parameter that a variant's present mode does not use rests: it neither moves nor decays.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

MOMENTUM = 0.9

Need = Literal["always", "hidden norm", "no hidden norm", "no output norm", "no prediction norm"]
Rows = slice | Tensor


@dataclass(frozen=True)
class Slot:
    """One tensor of every variant: its name, its first values, and when it is used."""

    name: str
    first: Tensor
    need: Need = "always"


def some(rows: Sequence[bool]) -> Rows | None:
    """The index of the rows that are true; a slice where all are, None where none is."""
    if all(rows):
        return slice(None)
    return torch.tensor([number for number, wanted in enumerate(rows) if wanted]) if any(rows) else None


class Parameters:
    """`values`, `momentum` and `gradient` (K, P) of K variants that start alike; slots of equal need stand together."""

    def __init__(self, slots: Collection[Slot], variants: int, device: str) -> None:
        self.slots = sorted(slots, key=lambda slot: slot.need)
        row = torch.cat([slot.first.flatten() for slot in self.slots]).to(device)
        self.values = row.repeat(variants, 1).requires_grad_()
        self.momentum = torch.zeros_like(self.values)
        self.gradient = torch.zeros_like(self.values)

    def tensors(self, values: Tensor | None = None) -> dict[str, Tensor]:
        """The parameters (K, *shape) by name, as views of the values or of another such matrix."""
        pieces = (self.values if values is None else values).split([slot.first.numel() for slot in self.slots], dim=1)
        named = zip(self.slots, pieces, strict=True)
        return {slot.name: piece.view(-1, *slot.first.shape) for slot, piece in named}

    def move(self, used: dict[Need, Sequence[bool]], rates: Tensor, decays: Tensor) -> None:
        """One SGD step of the rows `used` by need, with rates (K, 1) and weight decays (K, 1), as torch.optim.SGD."""
        start = 0
        for need in dict.fromkeys(slot.need for slot in self.slots):
            end = start + sum(slot.first.numel() for slot in self.slots if slot.need == need)
            rows = some(used[need])
            if rows is not None:
                self._move(rows, slice(start, end), rates[rows], decays[rows])
            start = end

    @torch.no_grad()
    def _move(self, rows: Rows, columns: slice, rates: Tensor, decays: Tensor) -> None:
        place = (rows, columns)
        values = self.values[place]
        momentum = self.momentum[place] * MOMENTUM + (self.gradient[place] + values * decays)
        self.momentum[place] = momentum
        self.values[place] = values - momentum * rates
