from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from playground.runtime.loaders import Loaded
from playground.tabs.prompting.fill import engine
from playground.tabs.prompting.fill.request import FillRequest
from playground.tabs.prompting.fill.trace import Trace, fold
from playground.tabs.prompting.masked_lm import MaskedLM
from tests.tiny_masked_lm import tiny_bert, tiny_roberta

TEXT = "it was a [MASK] movie and the plot was [MASK]"
WORDS = "great, sad, movies"


@dataclass
class Leased:
    """A context whose every model is the tiny one."""

    loaded: Loaded
    cancelled: bool = False
    leased: list[str] = field(default_factory=list)

    @contextmanager
    def lease(self, model: str) -> Iterator[Loaded]:
        self.leased.append(model)
        yield self.loaded


@pytest.fixture(scope="session")
def bert() -> Loaded:
    return tiny_bert()


@pytest.fixture(scope="session", params=[tiny_bert, tiny_roberta], ids=["bert", "roberta"])
def lm(request) -> MaskedLM:
    return MaskedLM(request.param())


@pytest.fixture(scope="session")
def frames_of(bert) -> Callable[..., list[Any]]:
    """All frames of a run under the tiny BERT."""

    def run(**fields: Any) -> list[Any]:
        return list(engine.run(FillRequest(**{"text": TEXT, "words": WORDS, **fields}), Leased(bert)))

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
