"""Small trainings for the tests of the panel: few pairs of few sentences, a context that keeps a State."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn.functional import normalize

from playground.runtime.contracts import Frame
from playground.tabs.matching.train import engine
from playground.tabs.matching.train.data import Pairs, TrainingSet
from playground.tabs.matching.train.linear_map import LinearMap
from playground.tabs.matching.train.request import MatchingTrainRequest
from playground.tabs.matching.train.training import Training
from playground.tabs.matching.train.view import View, fold

DIMENSION, SENTENCES = 8, 60


class Quiet:
    """A context that cancels after so many looks, if at all, and keeps the State."""

    def __init__(self, resume=None, looks=10**9):
        self.resume, self.looks, self.saved = resume, looks, None

    @property
    def cancelled(self):
        self.looks -= 1
        return self.looks < 0

    def save(self, state):
        self.saved = state


def few_pairs() -> TrainingSet:
    """Sentences with vectors of 8 numbers; a pair's score depends on the first four."""
    generator = torch.Generator().manual_seed(5)
    vectors = normalize(torch.randn(SENTENCES, DIMENSION, generator=generator), dim=1)
    rows = torch.stack([torch.randperm(SENTENCES, generator=generator)[:2] for _ in range(120)])
    u, v = (vectors[side][:, :4] for side in rows.T)
    scores = 2.5 + 2.5 * torch.nn.functional.cosine_similarity(u, v)
    train, validation = (Pairs(rows[part], scores[part]) for part in (slice(80), slice(80, 120)))
    return TrainingSet(vectors, tuple(f"sentence {i}" for i in range(SENTENCES)), train, validation)


def asked(*losses: str, **fields: Any) -> MatchingTrainRequest:
    given = {"losses": losses or ("softmax", "cosent"), "batch": 16, "every": 5, "learning_rate": 0.01}
    return MatchingTrainRequest.model_validate(given | fields)


def trained(request: MatchingTrainRequest, steps: int) -> Training:
    data = few_pairs()
    training = Training(request, data, lambda: LinearMap(data.vectors))
    while training.step < steps:
        assert training.advance(), training.failure
    return training


def pictures(request: MatchingTrainRequest, context: Quiet | None = None) -> list[Frame]:
    """All frames but the signs of life."""
    return [frame for frame in engine.run(request, context or Quiet()) if type(frame) is not Frame]


def view_of(request: MatchingTrainRequest) -> View:
    view = View()
    for frame in pictures(request):
        fold(view, frame)
    return view


def equal(one: Frame, other: Frame) -> bool:
    """Whether two frames are the same, bit for bit."""
    pairs = zip(vars(one).values(), vars(other).values(), strict=True)
    same = [
        np.array_equal(a, b, equal_nan=a.dtype.kind == "f") if isinstance(a, np.ndarray) else a == b for a, b in pairs
    ]
    return type(one) is type(other) and all(same)
