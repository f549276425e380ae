"""The decoders of this tab as logits processors, for anybody's ``model.generate``.

    >>> from transformers import LogitsProcessorList
    >>> processors = LogitsProcessorList([ConsistentTopK(4, eos_token_id=2)])

Pass ``do_sample=True, top_k=0``: generate filters by the 50 most probable tokens of its own accord.
"""

from __future__ import annotations

import torch
from torch import Tensor
from transformers import LogitsProcessor

from playground.tabs.decoding.filters import keep_nucleus, keep_top_k, nmst_floor


class ConsistentTopK(LogitsProcessor):
    """Keeps the k most probable tokens and <eos>."""

    def __init__(self, k: int, eos_token_id: int) -> None:
        self.k = k
        self.eos_token_id = eos_token_id

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Scores (R, V) with -inf for the tokens that are cut; input_ids (R, T) are not used."""
        k = torch.full((len(scores),), self.k, device=scores.device)
        return _cut(scores, keep_top_k(scores, k), self.eos_token_id)


class ConsistentNucleus(LogitsProcessor):
    """Keeps the smallest set of most probable tokens with the given mass, and <eos>."""

    def __init__(self, mass: float, eos_token_id: int) -> None:
        self.mass = mass
        self.eos_token_id = eos_token_id

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Scores (R, V) with -inf for the tokens that are cut; input_ids (R, T) are not used."""
        mass = torch.full((len(scores),), self.mass, dtype=torch.float64, device=scores.device)
        kept = keep_nucleus(scores.float().log_softmax(-1), mass)
        return _cut(scores, kept, self.eos_token_id)


class NMSTFloor(LogitsProcessor):
    """Raises p(<eos>) to at least 1 - (1 - epsilon)^t at new token t; other tokens keep their order."""

    def __init__(self, epsilon: float, eos_token_id: int, prompt_length: int) -> None:
        self.epsilon = epsilon
        self.eos_token_id = eos_token_id
        self.prompt_length = prompt_length

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Log-probabilities (R, V) of the model with the floor; input_ids (R, T) with the prompt."""
        log_p = scores.float().log_softmax(-1)
        steps = torch.full((len(scores),), input_ids.shape[1] - self.prompt_length + 1, device=scores.device)
        return nmst_floor(log_p, steps, torch.full_like(log_p[:, 0], self.epsilon), self.eos_token_id)


def _cut(scores: Tensor, kept: Tensor, eos: int) -> Tensor:
    kept[:, eos] = True
    return scores.masked_fill(~kept, -torch.inf)
