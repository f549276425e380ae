"""Penalties on tokens that came before, for many rows at once.

Scores (R, V) are logits or log-probabilities; history (R, T) holds the token ids that count, with -1
for padding on the left, where rows are of different length. Work is in proportion to the history:
beside one copy of the scores nothing touches the whole vocabulary.

1. Keskar et al. 2019, arXiv 1909.05858: the repetition penalty, in transformers' form.
2. OpenAI's API reference: presence and frequency penalties.
3. Paulus et al. 2018, arXiv 1705.04304: no n-gram twice.
"""

from __future__ import annotations

import torch
from torch import Tensor


def repetition(scores: Tensor, history: Tensor, penalty: Tensor) -> Tensor:
    """Scores of tokens in the history divided by the penalty where positive, times it where negative, (R, V) [1].

    scores (R, V); history (R, T), as in transformers of prompt and new tokens; penalty (R,) above 0.
    """
    ids, real = _ids(history, scores.shape[-1])
    score = scores.gather(-1, ids)  # (R, T)
    factor = penalty[:, None].to(scores.dtype)
    penalised = torch.where(score < 0, score * factor, score / factor)
    return scores.scatter(-1, ids, torch.where(real, penalised, score))


def presence(scores: Tensor, history: Tensor, penalty: Tensor, window: int | None = None) -> Tensor:
    """Scores less the penalty for every token that is in the history, however often, (R, V) [2].

    scores (R, V); history (R, T), of which the last `window` tokens count, by default all of them:
    OpenAI counts the new ones alone; penalty (R,), below 0 to reward.
    """
    ids, real = _ids(last(history, window), scores.shape[-1])
    return scores.scatter(-1, ids, scores.gather(-1, ids) - _amount(penalty, real, scores))


def frequency(scores: Tensor, history: Tensor, penalty: Tensor, window: int | None = None) -> Tensor:
    """Scores less the penalty times how often a token is in the history, (R, V) [2].

    scores (R, V); history (R, T), of which the last `window` tokens count, by default all of them:
    OpenAI counts the new ones alone; penalty (R,), below 0 to reward.
    """
    history = last(history, window)
    real = (history >= 0) & (history < scores.shape[-1])
    return scores.scatter_add(-1, torch.where(real, history, 0), -_amount(penalty, real, scores))


def no_repeat_ngram(scores: Tensor, history: Tensor, size: Tensor) -> Tensor:
    """-inf for every token that would complete an n-gram the history holds already, (R, V) [3].

    scores (R, V); history (R, T), as in transformers of prompt and new tokens; size (R,) is n, a
    whole number from 1.
    """
    scores = scores.clone()
    for n in set(map(int, size.tolist())):
        rows = (size == n).nonzero()[:, 0]
        if history.shape[-1] < n:
            continue
        windows = history[rows].unfold(-1, n, 1)  # (r, T - n + 1, n)
        suffix = history[rows, history.shape[-1] + 1 - n :]  # (r, n - 1)
        # Padding is on the left alone, so a window that begins with a token holds no padding.
        repeats = (windows[..., :-1] == suffix[:, None]).all(dim=-1) & (windows[..., 0] >= 0)
        repeats &= windows[..., -1] < scores.shape[-1]
        row, position = repeats.nonzero(as_tuple=True)
        scores[rows[row], windows[row, position, -1]] = -torch.inf
    return scores


def last(history: Tensor, window: int | None) -> Tensor:
    """The last `window` columns of the history (R, T), all of it for None."""
    return history if window is None else history[:, max(0, history.shape[-1] - window) :]


def _ids(history: Tensor, vocabulary: int) -> tuple[Tensor, Tensor]:
    """The history with another token of the row in place of padding, and which rows hold a token, (R, T) and (R, 1).

    With one value for each token, it does not matter how often that is written.
    """
    real = (history >= 0) & (history < vocabulary)
    known = torch.where(real, history, -1)
    stand_in = known.amax(dim=-1, keepdim=True) if history.shape[-1] else known.new_zeros(len(known), 1)
    return torch.where(real, known, stand_in).clamp(min=0), stand_in >= 0


def _amount(penalty: Tensor, real: Tensor, scores: Tensor) -> Tensor:
    """The penalty (R,) where the history is real (R, T), 0 elsewhere."""
    return torch.where(real, penalty[:, None].to(scores.dtype), 0)
