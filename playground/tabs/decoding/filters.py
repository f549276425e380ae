"""Which tokens a decoder keeps, for many rows at once, and the bounds laid on p(<eos>).

Kept sets are masks (R, V) of R rows over V tokens, taken from log-probabilities log_p (R, V) and
one parameter a row (R,). They agree with transformers' processors where it has one, ties included.
The most probable token is always kept, except by XTC, whose purpose it is to drop it.

1. Welleck et al. 2020, arXiv 2002.02492: consistent top-k and nucleus keep <eos>; the ST bound.
2. Choi et al. 2023, arXiv 2210.00660: the non-monotonic bound, here laid on a finished model.
3. Meister et al. 2023, arXiv 2202.00666: locally typical sampling.
4. Hewitt et al. 2022, arXiv 2210.15191: epsilon and eta sampling.
5. Nguyen et al. 2024, arXiv 2407.01082: min-p.   6. Top-h: arXiv 2509.02510.
7. XTC ("exclude top choices"): text-generation-webui, pull request 6335.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from playground.tabs.decoding.entropy import entropy

TOP_H_WIDTH = 100


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
    size, edge = _edge(log_p, log_p, mass)
    kept = log_p >= edge
    if (kept.sum(dim=-1, keepdim=True) > size).any():
        above, tied = log_p > edge, log_p == edge
        room = size - above.sum(dim=-1, keepdim=True)  # (R, 1) places left for the tied tokens
        kept = above | (tied & (tied.flip(-1).cumsum(-1).flip(-1) <= room))
    return kept


def keep_typical(log_p: Tensor, mass: Tensor) -> Tensor:
    """Tokens whose surprise is nearest the entropy, |-log p - H| smallest first, up to `mass`, (R, V) [3].

    log_p (R, V), mass (R,) in (0, 1]. Tokens as far from the entropy as the last one stay as well.
    """
    nearness = -(log_p + entropy(log_p)[:, None]).abs()
    _, edge = _edge(nearness, log_p, mass)
    return nearness >= edge


def _edge(
    order: Tensor, log_p: Tensor, mass: Tensor, widths: tuple[int, ...] = (64, 512, 4096)
) -> tuple[Tensor, Tensor]:
    """How many tokens, largest `order` (R, V) first, reach the mass, and the order of the last one, both (R, 1).

    Sorts the first tokens alone, and again with more of them where they fall short: a full sort of
    a 50,000-token vocabulary costs 40 % of a forward pass, and most kept sets are small.
    """
    sort_all = not widths or widths[0] >= log_p.shape[-1]
    first, ids = order.sort(dim=-1, descending=True) if sort_all else order.topk(widths[0], dim=-1)
    reached = log_p.gather(-1, ids).exp().cumsum(dim=-1, dtype=torch.float64)  # (R, width)
    size = 1 + (reached[:, :-1] < mass[:, None]).sum(dim=-1, keepdim=True)
    edge = first.gather(-1, size - 1)
    short = reached[:, -1] < mass
    if not sort_all and short.any():
        size[short], edge[short] = _edge(order[short], log_p[short], mass[short], widths[1:])
    return size, edge


def keep_min_p(log_p: Tensor, min_p: Tensor) -> Tensor:
    """Tokens with p >= min_p max p, (R, V) [5]; log_p (R, V), min_p (R,) in [0, 1]."""
    return log_p >= _column(min_p.log(), log_p) + log_p.amax(dim=-1, keepdim=True)


def keep_epsilon(log_p: Tensor, epsilon: Tensor) -> Tensor:
    """Tokens with p >= epsilon, and the most probable, (R, V) [4]; log_p (R, V), epsilon (R,) in [0, 1)."""
    return log_p >= torch.minimum(_column(epsilon.log(), log_p), log_p.amax(dim=-1, keepdim=True))


def keep_eta(log_p: Tensor, epsilon: Tensor) -> Tensor:
    """Tokens with p >= min(epsilon, sqrt(epsilon) exp(-H)), and the most probable, (R, V) [4].

    log_p (R, V), epsilon (R,) in [0, 1). The root is of epsilon alone, as in the paper and in
    transformers' code; transformers' docstring takes it of the product.
    """
    log_epsilon = epsilon.double().log()
    return keep_epsilon(log_p, torch.minimum(log_epsilon, log_epsilon / 2 - entropy(log_p)).exp())


def keep_top_h(log_p: Tensor, share: Tensor) -> Tensor:
    """Tokens in order of p while their part of the entropy, sum of -p log p, is at most share times all of it.

    log_p (R, V), share (R,) in (0, 1]; mask (R, V) [6]. As in transformers the entropy is that of
    the 100 most probable tokens alone, renormalised, and no others are kept.
    """
    best, ids = log_p.topk(min(TOP_H_WIDTH, log_p.shape[-1]), dim=-1)
    reached = torch.special.entr(best.double().softmax(dim=-1)).cumsum(dim=-1)  # (R, 100)
    within = reached <= share[:, None] * reached[:, -1:]
    within[:, 0] = True
    return torch.zeros_like(log_p, dtype=torch.bool).scatter_(-1, ids, within)


def keep_xtc(log_p: Tensor, threshold: Tensor, fires: Tensor, protected: Sequence[int] = ()) -> Tensor:
    """All tokens but the top choices: those with p >= threshold, save the least probable of them, (R, V) [7].

    log_p (R, V); threshold (R,), without effect above one half; fires (R,) says for which rows this
    step's draw came out for dropping. A row is left untouched as well when one of the `protected`
    ids, such as <eos>, would go. Of equally improbable choices the one with the lowest id stays.
    """
    choices = log_p >= _column(threshold.log(), log_p)
    least = log_p.masked_fill(~choices, torch.inf).argmin(dim=-1, keepdim=True)
    dropped = choices.scatter(-1, least, False) & fires[:, None]
    untouched = dropped[:, list(protected)].any(dim=-1, keepdim=True)
    return ~dropped | untouched


def _column(values: Tensor, like: Tensor) -> Tensor:
    """Values (R,) as a column (R, 1) of the other tensor's type."""
    return values[:, None].to(like.dtype)


def nmst_floor(log_p: Tensor, steps: Tensor, epsilon: Tensor, eos: int) -> Tensor:
    """Log-probabilities (R, V) of a model made to stop: p'(eos) = f + (1 - f) p(eos), f = 1 - (1 - epsilon)^t.

    log_p (R, V); steps (R,) count new tokens from 1; epsilon (R,). The other tokens keep their order.
    """
    log_scale = steps * torch.log1p(-epsilon.double())  # (R,), log of (1 - epsilon)^t
    log_continue = log_scale + torch.log1p(-log_p[:, eos].double().exp())
    floored = log_p + log_scale[:, None].to(log_p.dtype)
    floored[:, eos] = torch.log(-torch.expm1(log_continue))
    return floored


def st_floor(log_p: Tensor, log_continue: Tensor, epsilon: Tensor, eos: int) -> tuple[Tensor, Tensor]:
    """Self-termination laid on a finished model: p'(eos) = 1 - prod over steps of (1 - epsilon)(1 - p(eos)) [1].

    log_p (R, V); log_continue (R,) float64 is the logarithm of that product over the steps before
    this one, 0 at the first; epsilon (R,). Returns log-probabilities (R, V) and the product's
    logarithm (R,) with this step in it. p'(eos) never falls; the other tokens keep their order.
    """
    log_scale = log_continue.double() + torch.log1p(-epsilon.double())
    log_continue = log_scale + torch.log1p(-log_p[:, eos].double().exp())
    floored = log_p + log_scale[:, None].to(log_p.dtype)
    floored[:, eos] = torch.log(-torch.expm1(log_continue))
    return floored, log_continue


def bound(step: int, epsilon: float) -> float:
    """The lower bound 1 - (1 - epsilon)^t on p(eos) at new token t, counted from 1."""
    return -math.expm1(step * math.log1p(-epsilon))
