"""Runs of the panel on a tiny random encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from playground.runtime.contracts import Frame
from playground.runtime.loaders import Loaded
from playground.tabs.matching.matrix import engine
from playground.tabs.matching.matrix import request as requests
from playground.tabs.matching.matrix.request import MatrixRequest
from playground.tabs.matching.matrix.view import View, fold
from playground.tabs.matching.methods import MINILM
from tests.tiny_masked_lm import tiny_bert

FILMS = "a great film\na good film\nthe plot was boring\na boring plot\nnews of the world\nsports in the summer"


class Context:
    """Lends one tiny encoder under every name; cancelled once `until` frames were given."""

    cancelled = False
    resume = None

    def __init__(self, loaded: Loaded, file: bytes = b"") -> None:
        self.loaded, self.file, self.visitor = loaded, file, self

    @contextmanager
    def lease(self, model: str) -> Iterator[Loaded]:
        yield self.loaded

    def attachment(self, name: str) -> bytes:
        return self.file


@pytest.fixture(scope="session")
def bert() -> Loaded:
    return tiny_bert()


@pytest.fixture(autouse=True)
def no_cross_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The encoder alone, whatever the zoo holds."""
    monkeypatch.setattr(requests, "available_models", lambda: frozenset({MINILM}))


@pytest.fixture
def frames_of(bert: Loaded) -> Callable[..., list[Frame]]:
    """The frames of a run over a few texts of films."""

    def run(until: int = 0, file: bytes = b"", **fields: Any) -> list[Frame]:
        context, frames = Context(bert, file), []
        for frame in engine.run(MatrixRequest(**({"pasted": FILMS} | fields)), context):  # type: ignore[arg-type]
            frames.append(frame)
            context.cancelled = 0 < until <= len(frames)
        return frames

    return run


@pytest.fixture
def view_of(frames_of: Callable[..., list[Frame]]) -> Callable[..., View]:
    """The finished view of a run."""

    def run(**fields: Any) -> View:
        view = None
        for frame in frames_of(**fields):
            view = view if type(frame) is Frame else fold(view, frame)
        assert view is not None
        return view

    return run
