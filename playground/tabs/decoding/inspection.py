"""What each part of a row does to the distribution at one step, as a frame."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from playground.tabs.decoding.frames import DecodingInspection
from playground.tabs.decoding.places import Inspect
from playground.tabs.decoding.readings import floats, ints
from playground.tabs.decoding.texts import TokenTexts

MOST_TOKENS = 20


def inspection(
    place: Inspect, stages: Sequence[tuple[str, Tensor]], texts: TokenTexts, eos: int | None
) -> DecodingInspection:
    """The frame of a row's stages: names and log-probabilities (V,), -inf for what is cut, the model's own first.

    Its tokens are the most probable ones of any stage, in the order of the model.
    """
    log_p = torch.stack([each.double() for _, each in stages])  # (S, V)
    p = log_p.exp()
    best = p.amax(dim=0).topk(min(MOST_TOKENS, p.shape[1])).indices
    tokens = best[p[0, best].argsort(descending=True)]
    kept = log_p > -torch.inf
    ends = torch.zeros_like(p[:, 0]) if eos is None else p[:, eos]
    holds = torch.zeros_like(kept[:, 0]) if eos is None else kept[:, eos]
    return DecodingInspection(
        done=0.0,
        row=place.row,
        step=place.step,
        stages=tuple(name for name, _ in stages),
        tokens=ints(tokens),
        texts=tuple(map(texts.__getitem__, tokens.tolist())),
        probability=floats(p[:, tokens]),
        kept_size=ints(kept.sum(dim=-1)),
        entropy=floats(torch.special.entr(p).sum(dim=-1)),
        p_eos=floats(ends),
        eos_kept=holds.cpu().numpy(),
    )
