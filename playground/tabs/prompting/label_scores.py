"""From logits at the mask to a score for every label: PET's order of operations, OpenPrompt's, and the plain sum."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

Ids = Sequence[Sequence[int]]


def pet_scores(logits: Tensor, ids: Ids) -> Tensor:
    """The mean logit of every label's words (N, C), of logits (N, V) (Schick and Schütze 2021, arXiv 2001.07676)."""
    return torch.stack([logits[:, list(words)].mean(dim=1) for words in ids], dim=1)


def openprompt_scores(logits: Tensor, ids: Ids, prior: Tensor | None = None) -> Tensor:
    """The mean log-probability of every label's words (N, C) in OpenPrompt's order.

    Ding et al. 2022, arXiv 2111.01998: softmax over all label words, divided by the words' `prior` (W,) and
    normalised again, log, mean. Without a prior it differs from PET's by one number a row, so that the class
    probabilities are the same.
    """
    log_p = word_probabilities(logits, ids).log()
    if prior is not None:
        log_p = torch.log_softmax(log_p - prior.log(), dim=1)
    parts = log_p.split([len(words) for words in ids], dim=1)  # type: ignore[no-untyped-call]
    return torch.stack([part.mean(dim=1) for part in parts], dim=1)


def sum_scores(logits: Tensor, ids: Ids) -> Tensor:
    """The log of the mean probability of every label's words (N, C): one fitting word is enough."""
    parts = (logits[:, list(words)] for words in ids)
    return torch.stack([part.logsumexp(dim=1) - torch.log(torch.tensor(part.shape[1])) for part in parts], dim=1)


def word_probabilities(logits: Tensor, ids: Ids) -> Tensor:
    """Softmax (N, W) over the words of all labels alone, label after label."""
    return torch.softmax(logits[:, [word for words in ids for word in words]], dim=1)
