"""Runs of the prompting tab on a tiny random model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from playground.runtime.loaders import Loaded
from playground.tabs.prompting import engine, masked_lm
from playground.tabs.prompting.request import PromptingRequest
from playground.tabs.prompting.trace import Trace, fold
from tests.tiny_masked_lm import tiny_bert


@pytest.fixture(scope="session")
def bert() -> Loaded:
    return tiny_bert()


@pytest.fixture
def in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exact arithmetic, also where the processor has bfloat16."""
    monkeypatch.setattr(masked_lm, "has_bfloat16", lambda: False)


@pytest.fixture(scope="session")
def frames_of(bert: Loaded) -> Callable[..., Iterator[Any]]:
    """The frames of a run; cancelled once it has given `until` frames."""

    @contextmanager
    def lease(model: str) -> Iterator[Loaded]:
        yield bert

    def run(until: int | None = None, **fields: Any) -> Iterator[Any]:
        context = SimpleNamespace(lease=lease, cancelled=False)
        for number, frame in enumerate(engine.run(PromptingRequest(**fields), context), start=1):  # type: ignore[arg-type]
            yield frame
            context.cancelled = number == until

    return run


@pytest.fixture(scope="session")
def trace_of(frames_of: Callable[..., Iterator[Any]]) -> Callable[..., Trace]:
    """The finished view of a run."""

    def run(**fields: Any) -> Trace:
        trace = None
        for frame in frames_of(**fields):
            trace = fold(trace, frame) if type(frame).__name__ != "Frame" else trace
        assert trace is not None
        return trace

    return run
