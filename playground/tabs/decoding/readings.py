"""What each step reads off the models' distributions, and the table of entries made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from playground.tabs.decoding.filters import bound
from playground.tabs.decoding.frames import Bools, DecodingStep, Floats, Ints
from playground.tabs.decoding.rows import Row
from playground.tabs.decoding.texts import TokenTexts

ALTERNATIVES = 5


@dataclass(frozen=True)
class Readings:
    """R distributions in a few numbers each: entropy in nats, p(<eos>) and its rank, the most probable tokens."""

    entropy: Floats
    p_eos: Floats
    eos_rank: Ints
    best: Ints  # (R, 5)
    best_probability: Floats  # (R, 5)
    margin: Floats  # how far the best log-probability is above the next

    @classmethod
    def of(cls, log_p: Tensor, p: Tensor, eos: int | None) -> Readings:
        """Readings of log-probabilities and probabilities (R, V)."""
        best = log_p.topk(min(ALTERNATIVES, log_p.shape[-1]), dim=-1)
        p_eos = p.new_zeros(len(p)) if eos is None else p[:, eos]
        rank = torch.zeros_like(p_eos) if eos is None else (p > p_eos[:, None]).sum(dim=-1) + 1
        return cls(
            floats(-torch.linalg.vecdot(p, log_p)),
            floats(p_eos),
            ints(rank),
            ints(best.indices),
            floats(best.values.exp()),
            floats(best.values[:, 0] - best.values[:, 1]),
        )

    def __getitem__(self, rows: Sequence[int]) -> Readings:
        """The readings of some rows, in this order."""
        return Readings(*(column[list(rows)] for column in vars(self).values()))


@dataclass(frozen=True)
class Taken:
    """Tokens taken at a step, E of them: whose they are, where they stand, and what they were chosen from."""

    rows: Sequence[Row]
    step: Sequence[int]
    node: Sequence[int]
    parent: Sequence[int]
    token: Sequence[int]
    text: Sequence[str]
    score: Sequence[float]
    probability: Floats
    kept_probability: Floats
    kept_size: Ints
    eos_kept: Bools


def entries(taken: Taken, readings: Readings, texts: TokenTexts) -> DecodingStep:
    """The table of E tokens and the distributions that they come from, E readings."""
    loops = [row.loop for row in taken.rows]
    bounds = [bound(step + 1, row.epsilon) for step, row in zip(taken.step, taken.rows, strict=True)]
    return DecodingStep(
        done=0.0,
        step=np.array(taken.step, dtype=np.int32),
        row=np.array([row.index for row in taken.rows], dtype=np.int32),
        node=np.array(taken.node, dtype=np.int32),
        parent=np.array(taken.parent, dtype=np.int32),
        token=np.array(taken.token, dtype=np.int32),
        text=tuple(taken.text),
        score=np.array(taken.score, dtype=np.float32),
        probability=taken.probability,
        kept_probability=taken.kept_probability,
        kept_size=taken.kept_size,
        entropy=readings.entropy,
        p_eos=readings.p_eos,
        eos_rank=readings.eos_rank,
        eos_kept=taken.eos_kept,
        bound=np.array(bounds, dtype=np.float32),
        alternatives=readings.best,
        alternative_probabilities=readings.best_probability,
        alternative_texts=tuple(tuple(map(texts.__getitem__, ids)) for ids in readings.best.tolist()),
        loop_onset=np.array([loop.onset if loop else 0 for loop in loops], dtype=np.int32),
        loop_period=np.array([loop.period if loop else 0 for loop in loops], dtype=np.int32),
        loop_certified_at=np.array([row.certified_at for row in taken.rows], dtype=np.int32),
    )


def ints(values: Tensor) -> npt.NDArray[np.int32]:
    """A tensor as whole numbers of a frame."""
    return values.to(torch.int32).cpu().numpy()


def floats(values: Tensor) -> Any:
    """A tensor as numbers of a frame."""
    return values.to(torch.float32).cpu().numpy()
