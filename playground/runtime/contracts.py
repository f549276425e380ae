"""What the parts promise each other: tab, engine, context, frame, update, backend.

Data flows one way: request -> Backend.submit -> engine.run(request, context) -> frames ->
figures -> components. Frames are frozen dataclasses of numpy arrays, numbers, strings, and
tuples or string-keyed dicts of those, so they can cross a process, be stored and replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np

from playground.runtime.requests import TabRequest


@dataclass(frozen=True)
class Frame:
    """One step of an answer. `done` is the share of the whole run that is finished, 0 to 1."""

    done: float


@dataclass(frozen=True)
class State:
    """Where a training paused: plain arrays, random-generator states, step."""

    step: int
    arrays: Mapping[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    extra: Mapping[str, str | int | float] = field(default_factory=dict)


class Context(Protocol):
    """All an engine may touch besides its request."""

    def lease(self, model: str) -> AbstractContextManager[Any]:
        """A ready model (registry.Loaded) for as long as the block lasts."""
        ...

    @property
    def cancelled(self) -> bool:
        """True once the run should stop; an engine looks at least once a step."""
        ...

    def attachment(self, name: str) -> bytes:
        """The bytes of an uploaded file of this session, by its field name."""
        ...

    @property
    def visitor(self) -> object:
        """What stands for the session and goes with it: a weak key to what is remembered for its visitor alone."""
        ...

    @property
    def resume(self) -> State | None:
        """The state to go on from, if a run of this session paused where this one goes on."""
        ...

    def save(self, state: State) -> None:
        """Keep the state of this run, so that a longer request can go on from it.

        Best called in a `finally`: whoever stops a run closes its engine between two frames.
        """
        ...


class Engine(Protocol):
    """A tab's engine: the module tabs/<tab>/engine.py, which imports neither gradio nor plotly."""

    VERSION: str
    FRAMES: tuple[type[Frame], ...]

    def run(self, request: Any, context: Context) -> Iterator[Frame]:
        """Answer the request in frames, at least one every 250 ms."""
        ...


@dataclass(frozen=True)
class Tab:
    """What the runtime knows of a tab. `engine` imports the engine when it is first needed."""

    name: str
    request: type[TabRequest]
    engine: Callable[[], Engine]


RunState = Literal["waiting", "running", "done", "cut", "cancelled", "failed"]


@dataclass(frozen=True)
class Note:
    """A sentence for the person: English template, which is also the translation key, and values."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.values) if self.values else self.message


@dataclass(frozen=True)
class Update:
    """What a run reports while it waits, works and ends; exactly one update is final."""

    state: RunState
    run_id: str
    frame: Frame | None = None
    place: int = 0  # place in line while waiting, 1 = next
    seconds_left: float | None = None
    device: str = "cpu"
    remembered: bool = False  # computed before
    paused_at: int | None = None  # step of the State that the run left
    replaced: bool = False  # by something newer in the session
    note: Note | None = None

    @property
    def final(self) -> bool:
        """Whether no further update follows."""
        return self.state in ("done", "cut", "cancelled", "failed")

    @property
    def can_continue(self) -> bool:
        """Whether the run was stopped on its way and can go on from there."""
        return self.state in ("cut", "cancelled") and self.paused_at is not None


class Backend(Protocol):
    """Where runs happen: local threads now, other machines later, behind the same contract."""

    def submit(self, tab: str, request: TabRequest, session: str = "", *, fresh: bool = False) -> Iterator[Update]:
        """Run a request, a `fresh` one even if it is remembered; a newer submit of the session cancels it."""
        ...

    def cancel(self, session: str, *, replaced: bool = False) -> None:
        """Stop the session's run, if one is going on; whether something else takes its place."""
        ...

    def forget(self, session: str) -> None:
        """The visitor left: cancel, and drop everything kept for the session."""
        ...
