from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from playground.tabs.collapse.dynamics import engine
from playground.tabs.collapse.dynamics.request import DynamicsRequest
from playground.tabs.collapse.dynamics.trace import Trace, fold


@pytest.fixture(scope="session")
def frames_of() -> Callable[..., list[Any]]:
    """All frames of a run; cancelled once it has given `until` frames."""

    def run(until: int | None = None, **fields: Any) -> list[Any]:
        context, frames = SimpleNamespace(cancelled=False), []
        for frame in engine.run(DynamicsRequest(**fields), context):
            frames.append(frame)
            context.cancelled = len(frames) == until
        return frames

    return run


@pytest.fixture(scope="session")
def trace_of(frames_of) -> Callable[..., Trace]:
    """The view of a run, finished unless it is cut `until` so many frames."""

    def run(**fields: Any) -> Trace:
        trace = Trace()
        for frame in frames_of(**fields):
            trace = fold(trace, frame)
        return trace

    return run
