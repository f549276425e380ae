"""The n conditionals p(token | all others) of a sentence: in one pass, or in n with one token masked each."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from models.nets.t_ta import TTA, Leak
from playground.tabs.prompting.masked_lm import MaskedLM, mask_logits
from playground.tabs.prompting.patterns import Prompt


@dataclass(frozen=True)
class Reading:
    """Of a sentence's n ordinary tokens: log-probabilities (n,) given all others, and the likeliest tokens' ids."""

    log_p: Tensor
    likeliest: tuple[int, ...]
    read: int  # tokens that went through the model


@torch.no_grad()
def one_pass(model: TTA, lm: MaskedLM, ids: list[int]) -> Reading:
    """The reading of T-TA; ids with [CLS] and [SEP] at the ends, in the arithmetic of `lm`."""
    tokens = torch.tensor([ids], device=model.words.device)
    with lm.arithmetic():
        hidden = model.hidden(torch.nn.functional.embedding(tokens, model.words), torch.ones_like(tokens))
    return _reading(model.head(hidden[0, 1:-1].float()), ids, len(ids))


def n_passes(lm: MaskedLM, ids: list[int]) -> Generator[None, None, Reading]:
    """The reading of a masked language model, one batch of passes a step."""
    prompts = [_masked(ids, place, lm.tokenizer.mask_token_id) for place in range(1, len(ids) - 1)]
    found: dict[int, Tensor] = {}
    for places, logits in mask_logits(lm, prompts):
        found |= dict(zip(places, logits[:, 0], strict=True))
        yield
    return _reading(torch.stack([found[place] for place in range(len(prompts))]), ids, len(prompts) * len(ids))


def influence(model: TTA, ids: list[int], leak: Leak = "none") -> Tensor:
    """Gradients (T, T) of ln p(token i | others) with respect to the word vector of token j: their lengths.

    Every row of a batch of T copies asks for one output, so that one backward pass gives all of them.
    """
    tokens = torch.tensor(ids, device=model.words.device)
    count = len(ids)
    with torch.enable_grad():
        words = torch.nn.functional.embedding(tokens, model.words).repeat(count, 1, 1).requires_grad_()  # (T, T, D)
        hidden = model.hidden(words, torch.ones(count, count, device=tokens.device), leak)
        own = torch.arange(count, device=tokens.device)
        log_p = model.head(hidden[own, own]).log_softmax(dim=-1)[own, tokens]
        (gradient,) = torch.autograd.grad(log_p.sum(), words)
    lengths: Tensor = gradient.norm(dim=-1)
    return lengths


def _masked(ids: list[int], place: int, mask: Any) -> Prompt:
    return Prompt((*ids[:place], mask, *ids[place + 1 :]), (place,))


def _reading(logits: Tensor, ids: list[int], read: int) -> Reading:
    """The reading of logits (n, V) at the ordinary tokens."""
    own = torch.tensor(ids[1:-1], device=logits.device)
    log_p = logits.gather(1, own[:, None])[:, 0] - logits.logsumexp(dim=1)
    return Reading(log_p.double().cpu(), tuple(logits.argmax(dim=1).tolist()), read)
