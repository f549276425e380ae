from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import nn

from models.nets.t_ta import TTA, TTAShape
from playground.runtime.loaders import Loaded
from playground.tabs.prompting.t_ta import engine
from playground.tabs.prompting.t_ta.request import T_TA, TTARequest
from playground.tabs.prompting.t_ta.trace import Trace, fold
from tests.tiny_masked_lm import tiny_bert, word_piece_tokenizer

TEXT = "the movie was great\nit was a terrible film\nthis plot is not boring"


def tiny_t_ta() -> Loaded:
    """An untrained T-TA with the tiny BERT's vocabulary, ready as from a lease."""
    tokenizer = word_piece_tokenizer()
    torch.manual_seed(0)
    words = nn.Parameter(torch.randn(len(tokenizer), 16), requires_grad=False)
    shape = TTAShape(len(tokenizer), width=16, layers=2, heads=2, inner=32, longest=40)
    return Loaded(TTA(shape, words).eval().requires_grad_(False), tokenizer, torch.device("cpu"))


@dataclass
class Leased:
    """A context with the tiny T-TA and a masked language model."""

    t_ta: Loaded
    masked: Loaded
    cancelled: bool = False

    @contextmanager
    def lease(self, model: str) -> Iterator[Loaded]:
        yield self.t_ta if model == T_TA else self.masked


@pytest.fixture(scope="session")
def leased() -> Leased:
    return Leased(tiny_t_ta(), tiny_bert())


@pytest.fixture(scope="session")
def frames_of(leased) -> Callable[..., list[Any]]:
    """All frames of a run."""

    def run(**fields: Any) -> list[Any]:
        return list(engine.run(TTARequest(**{"text": TEXT, "sentences": 4, **fields}), leased))

    return run


@pytest.fixture(scope="session")
def trace_of(frames_of) -> Callable[..., Trace]:
    """The view of a finished run."""

    def run(**fields: Any) -> Trace:
        trace = Trace()
        for frame in frames_of(**fields):
            trace = fold(trace, frame)
        return trace

    return run
