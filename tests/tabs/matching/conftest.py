"""Runs of the matching tab on tiny random models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from playground.runtime.loaders import Loaded
from playground.tabs.matching import engine, methods
from playground.tabs.matching.request import MatchingRequest
from playground.tabs.matching.trace import Trace, fold
from tests.tiny_masked_lm import tiny_bert
from tests.tiny_sentence_encoder import tiny_cross_encoder


class Context:
    """Lends one tiny model of each kind under every name."""

    cancelled = False
    resume = None

    def __init__(self, bert: Loaded, cross: Loaded) -> None:
        self.bert, self.cross, self.visitor = bert, cross, self
        self.leases: list[str] = []

    @contextmanager
    def lease(self, model: str) -> Iterator[Loaded]:
        self.leases.append(model)
        yield self.cross if "cross" in model else self.bert


@pytest.fixture(scope="session")
def tiny() -> tuple[Loaded, Loaded]:
    return tiny_bert(), tiny_cross_encoder()


@pytest.fixture
def context(tiny: tuple[Loaded, Loaded]) -> Context:
    return Context(*tiny)


@pytest.fixture
def all_models(monkeypatch: pytest.MonkeyPatch) -> frozenset[str]:
    """Every model of the methods stands in the zoo, but for the conditional one."""
    ids = {method.model for method in methods.METHODS if method.model and method.kind != "conditional"}
    monkeypatch.setattr(methods, "_available", lambda zoo: frozenset(ids))
    return frozenset(ids)


@pytest.fixture
def frames_of(context: Context, all_models: frozenset[str]) -> Callable[..., Iterator[Any]]:
    """The frames of a run; cancelled once it has given `until` frames."""

    def run(until: int | None = None, **fields: Any) -> Iterator[Any]:
        for number, frame in enumerate(engine.run(MatchingRequest(**fields), context), start=1):  # type: ignore[arg-type]
            yield frame
            context.cancelled = number == until

    return run


@pytest.fixture
def trace_of(frames_of: Callable[..., Iterator[Any]]) -> Callable[..., Trace]:
    """The finished view of a run."""

    def run(**fields: Any) -> Trace:
        trace = None
        for frame in frames_of(**fields):
            trace = fold(trace, frame) if type(frame).__name__ != "Frame" else trace
        assert trace is not None
        return trace

    return run
