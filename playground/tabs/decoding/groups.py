"""The rows of a batch, by how they choose: ordinary ones all together, each search by itself.

A group owns some rows of the batch. At each step it gets their logits and says which tokens they
read next and from which of its rows each goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from playground.tabs.decoding.frames import DecodingStep
from playground.tabs.decoding.rows import Row
from playground.tabs.decoding.stepper import Reading
from playground.tabs.decoding.texts import TokenTexts

StateOf = Callable[[int], Tensor | None]
Stages = list[tuple[str, Tensor]]


@dataclass(frozen=True)
class Setting:
    """What all groups of a run share; `start` are the tokens before the new ones, breakers DRY's ids (B,)."""

    eos: int | None
    texts: TokenTexts
    device: torch.device
    start: Sequence[int]
    forced: Sequence[int]
    limit: int
    seed: int
    loop_stop: bool
    breakers: Tensor | None = None


@dataclass(frozen=True)
class Turn:
    """What a group did at a step, and what its rows (W,) read next, each after which of its rows before."""

    entries: DecodingStep
    tokens: Tensor
    parents: Tensor


class Group(Protocol):
    """Rows that take their steps together."""

    rows: list[Row]

    @property
    def width(self) -> int:
        """How many rows of the model they are now; 0 once they are over."""

    def begin(self, reading: Reading) -> None:
        """Go through the forced tokens as the one row read them."""

    def step(self, step: int, logits: Tensor, hidden: Tensor | None, state: StateOf) -> Turn:
        """Take a step from logits (W, V) and, where kept, the hidden states (W, D) they come from."""

    def stages(self, row: int, step: int, logits: Tensor) -> Stages | None:
        """What each part of a row does at the step about to be taken; None for a row that is not here."""
