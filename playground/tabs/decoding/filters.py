"""Which tokens a decoder keeps, for many rows at once: top-k, nucleus, <eos>, and the NMST floor.

Kept sets are masks (R, V) of R rows over V tokens and agree with transformers' TopKLogitsWarper
and TopPLogitsWarper, ties included.

1. Welleck et al. 2020, arXiv 2002.02492: consistent top-k and nucleus keep <eos>.
2. Choi et al. 2023, arXiv 2210.00660: the non-monotonic bound, here laid on a finished model.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def keep_top_k(scores: Tensor, k: Tensor) -> Tensor:
    """Tokens at least as probable as the k-th, (R, V); scores (R, V) in any units, k (R,) whole numbers from 1."""
    k = k.long().clamp(max=scores.shape[-1])
    best = scores.topk(int(k.max()), dim=-1).values  # (R, max k)
    return scores >= best.gather(-1, k[:, None] - 1)


def keep_nucleus(log_p: Tensor, mass: Tensor) -> Tensor:
    """The smallest set of most probable tokens whose probabilities reach `mass`, (R, V).

    log_p (R, V) are log-probabilities, mass (R,) in (0, 1]. Of equally probable tokens at the edge
    those with the higher ids stay.
    """
    size, edge = _nucleus_edge(log_p, mass)
    kept = log_p >= edge
    if (kept.sum(dim=-1, keepdim=True) > size).any():
        above, tied = log_p > edge, log_p == edge
        room = size - above.sum(dim=-1, keepdim=True)  # (R, 1) places left for the tied tokens
        kept = above | (tied & (tied.flip(-1).cumsum(-1).flip(-1) <= room))
    return kept


def _nucleus_edge(log_p: Tensor, mass: Tensor, widths: tuple[int, ...] = (64, 512)) -> tuple[Tensor, Tensor]:
    """Size of each row's nucleus and the log-probability of its last token, both (R, 1).

    Sorts the most probable tokens alone, and again with more of them where they fall short: a full
    sort of a 50,000-token vocabulary costs 40 % of a forward pass, and most kept sets are small.
    """
    sort_all = not widths or widths[0] >= log_p.shape[-1]
    best = log_p.sort(dim=-1, descending=True).values if sort_all else log_p.topk(widths[0], dim=-1).values
    reached = best.exp().cumsum(dim=-1, dtype=torch.float64)  # (R, width)
    size = 1 + (reached[:, :-1] < mass[:, None]).sum(dim=-1, keepdim=True)
    edge = best.gather(-1, size - 1)
    short = reached[:, -1] < mass
    if not sort_all and short.any():
        size[short], edge[short] = _nucleus_edge(log_p[short], mass[short], widths[1:])
    return size, edge


def nmst_floor(log_p: Tensor, steps: Tensor, epsilon: Tensor, eos: int) -> Tensor:
    """Log-probabilities (R, V) of a model made to stop: p'(eos) = f + (1 - f) p(eos), f = 1 - (1 - epsilon)^t.

    log_p (R, V); steps (R,) count new tokens from 1; epsilon (R,). The other tokens keep their order.
    """
    log_scale = steps * torch.log1p(-epsilon.double())  # (R,), log of (1 - epsilon)^t
    log_continue = log_scale + torch.log1p(-log_p[:, eos].double().exp())
    floored = log_p + log_scale[:, None].to(log_p.dtype)
    floored[:, eos] = torch.log(-torch.expm1(log_continue))
    return floored


def bound(step: int, epsilon: float) -> float:
    """The lower bound 1 - (1 - epsilon)^t on p(eos) at new token t, counted from 1."""
    return -math.expm1(step * math.log1p(-epsilon))
