"""One cross-encoder for six tasks: every LayerNorm takes the task, everything else is shared (Su, Sohu 2021).

The tasks are three shapes of a pair (two short texts, a short and a long one, two long ones) by two criteria: A, loose
(about the same thing), and B, strict (the same thing).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import torch
from torch import Tensor, nn
from transformers import BertModel

from models.nets.conditional_layer_norm import conditioned_on, make_conditional
from models.nets.cross_encoder import CrossEncoder

Criterion = Literal["A", "B"]
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
SHAPES = ("short-short", "short-long", "long-long")
TASKS = tuple(f"{shape} {criterion}" for shape in SHAPES for criterion in CRITERIA)
LONG = 64  # characters, from which on a text is a long one
CONDITION_SIZE = 16


def task_of(pair: tuple[str, str], criterion: str) -> int:
    """The place in TASKS of a pair under a criterion."""
    shape = sum(len(text) >= LONG for text in pair)
    return TASKS.index(f"{SHAPES[shape]} {criterion}")


class TaskReader(CrossEncoder):
    """A cross-encoder whose logit is an answer to a task."""

    def forward(self, ids: Tensor, mask: Tensor, tasks: Tensor) -> Tensor:  # type: ignore[override]
        """Logits (B,) of rows ids (B, T) with mask (B, T) under tasks (B,): higher where the answer is rather yes."""
        raise NotImplementedError

    def tasks(self, pairs: Sequence[tuple[str, str]], criterion: str) -> Tensor:
        """The tasks (N,) of pairs under a criterion, on the device of the model."""
        places = [task_of(pair, criterion) for pair in pairs]
        return torch.tensor(places, dtype=torch.long, device=next(self.parameters()).device)


class ConditionalCrossEncoder(TaskReader):
    """A cross-encoder that is told the task in every LayerNorm. A fresh one reads like its body under every task.

    Args:
        body: the network of the words; its LayerNorms are replaced in place.
    """

    def __init__(self, body: BertModel) -> None:
        super().__init__(body)
        make_conditional(body, CONDITION_SIZE)
        self.conditions = nn.Embedding(len(TASKS), CONDITION_SIZE)

    def forward(self, ids: Tensor, mask: Tensor, tasks: Tensor) -> Tensor:  # type: ignore[override]
        """Logits (B,) of rows ids (B, T) with mask (B, T) under tasks (B,)."""
        with conditioned_on(self.conditions(tasks)):
            return CrossEncoder.forward(self, ids, mask)
