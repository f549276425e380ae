"""LoRA on the queries and values of the encoder itself (Hu et al. 2021, arXiv 2106.09685), without dropout."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, normalize

from models.nets.batching import has_bfloat16
from playground.runtime.live_training import step_generator
from playground.runtime.loaders import shared_copy

ADAPTED = ("query", "value")
LONGEST = 64  # tokens of a sentence
CHUNK = 32  # sentences that are read at a time where nothing is learnt
WEIGHTS = 2  # what is drawn from a seed beside batches and classifier


class LoraLinear(nn.Module):
    """x -> W x + B A x: W stays as it is, A (r, n) is drawn, B (m, r) is zero at first."""

    def __init__(self, frozen: nn.Linear, rank: int, generator: torch.Generator) -> None:
        super().__init__()
        self._frozen = (frozen,)  # not a part of this module: only A and B are trained and kept
        bound = 1 / math.sqrt(frozen.in_features)
        self.a = nn.Parameter(torch.empty(rank, frozen.in_features).uniform_(-bound, bound, generator=generator))
        self.b = nn.Parameter(torch.zeros(frozen.out_features, rank))

    def forward(self, states: Tensor) -> Tensor:
        """Of states (..., n), (..., m)."""
        kept: Tensor = self._frozen[0](states)
        return kept + linear(linear(states, self.a), self.b)


class LoraEncoder(nn.Module):
    """A loaded SentenceTransformer's sentences as unit vectors; its tensors are shared and never written to."""

    def __init__(self, model: Any, texts: Sequence[str], rank: int, seed: int) -> None:
        super().__init__()
        body: Any = shared_copy(model[0].model)
        self._body, self._tokenizer, self._texts = (body,), model[0].tokenizer, texts
        self._device = next(body.parameters()).device
        self.dimension: int = body.config.hidden_size
        self.layers = nn.ModuleList(_adapt(body, rank, step_generator(seed, 0, WEIGHTS))).to(self._device)

    def forward(self, rows: Tensor) -> Tensor:
        """Vectors (n, D) of sentences (n,), on the CPU."""
        texts = [self._texts[row] for row in rows.tolist()]
        read = self._tokenizer(texts, truncation=True, max_length=LONGEST, padding=True, return_tensors="pt")
        read = read.to(self._device)
        mask: Tensor = read.attention_mask  # (n, T)
        with torch.autocast("cpu", torch.bfloat16, enabled=self._device.type == "cpu" and has_bfloat16()):
            states: Tensor = self._body[0](input_ids=read.input_ids, attention_mask=mask).last_hidden_state
        counted = mask.unsqueeze(-1).float()
        return normalize((states.float() * counted).sum(1) / counted.sum(1), dim=1).cpu()

    @torch.no_grad()
    def chunks(self, rows: Tensor) -> Iterator[Tensor]:
        """Some sentences at a time."""
        for some in torch.split(rows, CHUNK):
            yield self(some)


def _adapt(body: nn.Module, rank: int, generator: torch.Generator) -> Iterator[LoraLinear]:
    """Put LoRA around the linear layers of the body that are adapted."""
    for parent in list(body.modules()):
        for name, child in list(parent.named_children()):
            if name in ADAPTED and isinstance(child, nn.Linear):
                adapted = LoraLinear(child, rank, generator)
                setattr(parent, name, adapted)
                yield adapted
