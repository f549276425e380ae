"""DRY, "don't repeat yourself": a penalty that grows with the length of the stretch being repeated.

The last n tokens of a row have come before, followed by token v. Saying v again would make the
repetition longer, so its score falls by

    multiplier * base^(n - allowed)   where n >= allowed,

with the longest such n of v. Text-generation-webui's rule (its pull request 5677; llama.cpp 9702),
with its cap of 50 on n. Sequence breakers end a match: none lies within a match, nor is penalised.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

LONGEST_MATCH = 50
BREAKERS = ("\n", ":", '"', "*")


def dry(
    scores: Tensor, history: Tensor, multiplier: Tensor, base: Tensor, allowed: Tensor, breakers: Tensor | None = None
) -> Tensor:
    """Scores (R, V) less the penalty of the tokens that would go on with a repetition.

    scores (R, V); history (R, T) of prompt and new tokens, with -1 for padding on the left;
    multiplier (R,) from 0, base (R,) from 1, and allowed (R,), the shortest repetition that costs
    something; breakers are ids, (B,).
    """
    if history.shape[-1] < 2:
        return scores
    row, end, length = _matches(history, scores.shape[-1], breakers)
    token = history[row, end + 1]
    excess = length - allowed[row]
    penalty = torch.where(excess >= 0, multiplier[row] * base[row].double() ** excess, 0.0)
    place = row * scores.shape[-1] + token
    # The least of several scores for one token is the one of its longest match.
    lowered = scores.flatten()[place] - penalty.to(scores.dtype)
    return scores.flatten().scatter_reduce(0, place, lowered, "amin").view_as(scores)


def _matches(history: Tensor, vocabulary: int, breakers: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    """Row, end and length of every earlier stretch that is also how its row ends, each (M,)."""
    bars = (history < 0) | (history >= vocabulary)  # what no match can hold
    if breakers is not None:
        bars = bars | torch.isin(history, breakers.to(history))
    starts = (history[:, :-1] == history[:, -1:]) & ~bars[:, -1:] & ~bars[:, 1:]
    row, end = starts.nonzero(as_tuple=True)  # (M,)
    back = torch.arange(min(LONGEST_MATCH, history.shape[-1]), device=history.device)  # (L,) steps to the left
    earlier = end[:, None] - back  # (M, L)
    now = history.shape[-1] - 1 - back  # (L,)
    same = history[row[:, None], earlier.clamp(min=0)] == history[row[:, None], now]
    same &= ~bars[row[:, None], now] & (earlier >= 0)
    return row, end, same.int().cumprod(dim=-1).sum(dim=-1)


def sequence_breakers(tokenizer: Any) -> list[int]:
    """The ids of the usual sequence breakers at the end of a word, those that the tokenizer has."""
    ids = [tokenizer("a" + breaker, add_special_tokens=False).input_ids for breaker in BREAKERS]
    return sorted({each[-1] for each in ids if len(each) > 1})
