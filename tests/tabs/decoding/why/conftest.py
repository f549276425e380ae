from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from playground.tabs.decoding.why import engine
from playground.tabs.decoding.why.request import WhyRequest
from playground.tabs.decoding.why.trace import Trace, fold

TINY = tuple(f"zoo/tiny-{termination}" for termination in ("vanilla", "st", "nmst"))


@pytest.fixture(scope="session")
def frames_of(family, gpt2, tokenizer) -> Callable[..., list[Any]]:
    """All frames of a run on tiny random models; cancelled once it has given `until` frames."""

    @contextmanager
    def lease(model: str):
        models = family | {"zoo/tiny-gpt2": gpt2}
        yield SimpleNamespace(model=models[model], tokenizer=tokenizer, device=torch.device("cpu"))

    def run(until: int | None = None, **fields: Any) -> list[Any]:
        context = SimpleNamespace(lease=lease, cancelled=False)
        request = WhyRequest(**{"probed": TINY, "sentence": "the old man", "repeats": 5} | fields)
        frames = []
        for frame in engine.run(request, context):
            frames.append(frame)
            context.cancelled = len(frames) == until
        return frames

    return run


@pytest.fixture(scope="session")
def trace_of(frames_of) -> Callable[..., Trace]:
    """The finished view of a run."""

    def run(**fields: Any) -> Trace:
        trace = Trace()
        for frame in frames_of(**fields):
            trace = fold(trace, frame)
        return trace

    return run
