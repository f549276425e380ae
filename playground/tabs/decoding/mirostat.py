"""Mirostat, version 2: sampling whose surprise is steered to a target, for many rows at once.

A row drops the tokens whose surprise, -log2 p, is above mu, draws from the others, and moves mu by
how far the drawn token's surprise was off the target tau:

    mu <- mu - rate (surprise - tau),   mu = 2 tau at the start.

The surprise is in bits and that of the distribution drawn from, with the kept probabilities
renormalised, as in llama.cpp's version 2. Basu et al. 2021, arXiv 2007.14966.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

LEARNING_RATE = 0.1


def keep_mirostat(log_p: Tensor, mu: Tensor) -> Tensor:
    """Tokens with a surprise of at most mu bits, and the most probable, (R, V); log_p (R, V) natural, mu (R,)."""
    kept = log_p >= (-mu * math.log(2.0))[:, None].to(log_p.dtype)
    return kept.scatter(-1, log_p.argmax(dim=-1, keepdim=True), True)


def first_mu(tau: Tensor) -> Tensor:
    """mu before the first step, (R,)."""
    return 2 * tau


def next_mu(mu: Tensor, probability: Tensor, tau: Tensor, rate: float = LEARNING_RATE) -> Tensor:
    """mu (R,) after a token whose probability among the kept ones was `probability` (R,)."""
    return mu - rate * (-torch.log2(probability) - tau)
