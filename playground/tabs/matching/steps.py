"""How far a piece of work is, told by whatever does it; an engine passes it on as empty frames."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

from playground.runtime.contracts import Frame

Result = TypeVar("Result")


@dataclass(frozen=True)
class Step:
    """`done` of `of` pieces of a stage of work are finished."""

    stage: str
    done: int
    of: int

    @property
    def share(self) -> float:
        """The finished share of the stage, 0 to 1."""
        return self.done / self.of if self.of else 1.0


def as_frames(
    work: Generator[Step, None, Result], start: float = 0.0, end: float = 1.0
) -> Generator[Frame, None, Result]:
    """Do the work as the part of a run from `start` to `end`, shares of the whole; gives what the work gives.

    An engine writes `vectors = yield from as_frames(embed(context, model, texts), 0.1, 0.6)`.
    """
    while True:
        try:
            step = next(work)
        except StopIteration as ended:
            result: Result = ended.value
            return result
        yield Frame(start + (end - start) * step.share)


def finished(work: Generator[Step, None, Result]) -> Result:
    """What the work gives, done in one go: for a moment's work, and outside the page."""
    while True:
        try:
            next(work)
        except StopIteration as ended:
            result: Result = ended.value
            return result
