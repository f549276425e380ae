"""Self-terminating output heads: p(eos) gets a lower bound that rises to one.

1. ST: Welleck et al. 2020, "Consistency of a Recurrent Language Model With Respect to
   Incomplete Decoding", arXiv 2002.02492, restated in [2], eq. 9.
2. NMST: Choi et al. 2023, "A Non-monotonic Self-terminating Language Model", arXiv 2210.00660.

Both spread the mass that <eos> leaves over the other tokens by softmax, so the returned
log-probabilities are logits for any decoder: softmax(log p) = p. Steps count the tokens since
the context, from 1; a position inside the context (step 0) cannot end.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# Closest to log(1) that log(1 - exp(x)) and its gradient survive in float32.
_ALMOST_CERTAIN = -1e-7


def log1mexp(log_p: Tensor) -> Tensor:
    """log(1 - exp(log_p)) for log_p <= 0, stable at both ends; shape as given."""
    log_p = log_p.clamp(max=_ALMOST_CERTAIN)
    # Each branch gets only values it is stable on: torch.where also sends gradients to the other.
    near_one = log_p > -math.log(2.0)
    close = torch.log(-torch.expm1(torch.where(near_one, log_p, -0.5)))
    far = torch.log1p(-torch.exp(torch.where(near_one, -1.0, log_p)))
    return torch.where(near_one, close, far)


def st_log_continue(score: Tensor, steps: Tensor, carried: Tensor, epsilon: float) -> Tensor:
    """Log-probability of going on under ST: the sum of log sigma_i up to each step.

    score (B, T) is u_eos.h + c, large means go on; steps (B, T); carried (B,) is the sum over
    the steps before this call. Returns (B, T).
    """
    log_sigma = math.log1p(-epsilon) + F.logsigmoid(score)
    return carried[:, None] + torch.where(steps > 0, log_sigma, 0.0).cumsum(dim=1)


def nmst_log_continue(score: Tensor, steps: Tensor, epsilon: float) -> Tensor:
    """Log-probability of going on under NMST: t log(1 - epsilon) + log sigmoid(-score).

    score (B, T) is u_eos.h + c, large means stop; steps (B, T). Returns (B, T).
    """
    log_continue = steps * math.log1p(-epsilon) + F.logsigmoid(-score)
    return torch.where(steps > 0, log_continue, 0.0)


def join_eos(token_logits: Tensor, log_continue: Tensor, steps: Tensor, eos: int) -> Tensor:
    """Log-probabilities over the whole vocabulary from the two parts of a self-terminating head.

    token_logits (B, T, V), whose <eos> column is ignored; log_continue and steps (B, T).
    """
    lowest = torch.finfo(token_logits.dtype).min
    is_eos = torch.arange(token_logits.shape[-1], device=token_logits.device) == eos  # (V,)
    others = torch.log_softmax(token_logits.masked_fill(is_eos, lowest), dim=-1)
    log_eos = torch.where(steps > 0, log1mexp(log_continue), lowest)
    return torch.where(is_eos, log_eos[..., None], others + log_continue[..., None])
