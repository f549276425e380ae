"""Contexts and requests for the panel of labelled pairs; the lexical methods need no model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playground.tabs.matching.set import engine
from playground.tabs.matching.set.frames import MethodJudged, PairsGiven
from playground.tabs.matching.set.request import MatchingSetRequest
from playground.tabs.matching.set.view import View, fold

MINE = "a,b,label\n" + "".join(
    f"the cat number {n} sleeps,{'a cat called ' + str(n) + ' is asleep' if n % 2 else 'stocks fell again'},{n % 2}\n"
    for n in range(24)
)


class Quiet:
    """A context that lends nothing, and is cancelled from the look `looks` on."""

    def __init__(self, looks: int | None = None, files: dict[str, bytes] | None = None) -> None:
        self.left, self.files = looks, files or {}

    @contextmanager
    def lease(self, model: str) -> Iterator[Any]:
        raise AssertionError(f"{model} is not needed")
        yield

    @property
    def cancelled(self) -> bool:
        self.left = None if self.left is None else self.left - 1
        return self.left is not None and self.left < 0

    def attachment(self, name: str) -> bytes:
        return self.files[name]


def asked(**fields: Any) -> MatchingSetRequest:
    """A request for the lexical methods on few pairs."""
    return MatchingSetRequest(**{"methods": ("ngrams", "bm25"), "count": 50, "resamples": 50} | fields)


def frames_of(request: MatchingSetRequest, context: Any = None) -> list[Any]:
    """All frames of a run that tell something."""
    return [f for f in engine.run(request, context or Quiet()) if isinstance(f, PairsGiven | MethodJudged)]


def view_of(request: MatchingSetRequest, context: Any = None) -> View:
    """The view of a finished run."""
    view = None
    for frame in frames_of(request, context):
        view = fold(view, frame)
    assert view is not None
    return view
