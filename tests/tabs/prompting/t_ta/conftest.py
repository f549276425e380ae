from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from playground.runtime.loaders import Loaded
from playground.tabs.prompting.t_ta import engine
from playground.tabs.prompting.t_ta.request import T_TA, TTARequest
from playground.tabs.prompting.t_ta.trace import Trace, fold
from tests.tiny_masked_lm import tiny_bert
from tests.tiny_t_ta import tiny_t_ta

TEXT = "the movie was great\nit was a terrible film\nthis plot is not boring"


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
