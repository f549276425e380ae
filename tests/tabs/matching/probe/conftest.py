"""Runs of the panel on a tiny random encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from playground.runtime.loaders import Loaded
from playground.tabs.matching.methods import CHINESE, MINILM
from playground.tabs.matching.probe import engine, recorded, request
from playground.tabs.matching.probe.request import ProbeRequest
from playground.tabs.matching.probe.trace import Trace, fold
from tests.tiny_masked_lm import tiny_bert


@pytest.fixture(scope="session")
def bert() -> Loaded:
    return tiny_bert()


@pytest.fixture
def context(bert: Loaded) -> SimpleNamespace:
    """Every model is the tiny one."""

    @contextmanager
    def lease(model: str) -> Iterator[Loaded]:
        yield bert

    return SimpleNamespace(lease=lease, cancelled=False, visitor=SimpleNamespace())


@pytest.fixture(autouse=True)
def _only_the_bases_are_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request, "available_models", lambda: frozenset({MINILM, CHINESE}))


@pytest.fixture(autouse=True)
def _thresholds(monkeypatch: pytest.MonkeyPatch) -> None:
    """One method's threshold is recorded, and what it made of PAWS-X."""
    about = {"method": "minilm", "weights": "", "date": "2026-01-31", "commit": "1a2b3c4", "machine": "2 CPU cores"}
    threshold = recorded.Threshold(language="en", alike_from=4.0, threshold=0.5, accuracy=0.8, **about)
    found = {"pairs": 10, "alike": 0.4, "area": 0.6, "best": 0.7, "accuracy": 0.5}
    kept = recorded.Records((threshold,), (recorded.Adversarial(language="zh", **found, **about),))
    for module in ("engine", "cards"):
        monkeypatch.setattr(f"playground.tabs.matching.probe.{module}.records", lambda: kept)


@pytest.fixture
def frames_of(context: SimpleNamespace) -> Callable[..., list[Any]]:
    def run(**fields: Any) -> list[Any]:
        return list(engine.run(ProbeRequest(**fields), context))  # type: ignore[arg-type]

    return run


@pytest.fixture
def trace_of(frames_of: Callable[..., list[Any]]) -> Callable[..., Trace]:
    def run(**fields: Any) -> Trace:
        trace = None
        for frame in frames_of(**fields):
            trace = fold(trace, frame) if type(frame).__name__ != "Frame" else trace
        assert trace is not None
        return trace

    return run
