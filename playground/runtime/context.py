"""All that an engine sees of the world: models, the wish to stop, uploads, and where to go on from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Literal, Protocol

from playground.runtime.contracts import Frame, Note, State
from playground.runtime.requests import TabRequest
from playground.runtime.sessions import Session
from playground.runtime.turns import Turns


class Models(Protocol):
    """The part of the registry that runs need."""

    def lease(
        self, id: str, *, device: str | None = None, cancelled: Callable[[], bool] | None = None
    ) -> AbstractContextManager[Any]:
        """A ready model for as long as the block lasts."""
        ...

    def fingerprint(self, id: str) -> str:
        """The SHA-256 of the model's weights."""
        ...


class RunContext:
    """The Context of one run, and what the runner learns from it afterwards.

    `device` and `note` say where the models really run; `told` why the engine was asked to stop;
    `saved_at` the step of the State from which the session can go on with it.
    """

    def __init__(
        self, request: TabRequest, session: Session, models: Models, device: str, turns: Turns, seconds: float
    ) -> None:
        self.frames: list[Frame] = []
        self.device = device
        self.fell_back = False
        self.note: Note | None = None
        self.told: Literal["cancelled", "cut"] | None = None
        self.saved_at: int | None = None
        self.stop = threading.Event()
        self._request, self._session, self._models = request, session, models
        self._turns, self._seconds = turns, seconds
        self._resume: State | None = None

    @contextmanager
    def lease(self, model: str) -> Iterator[Any]:
        """A ready model; others may work on the device while it loads."""
        with ExitStack() as stack:
            with self._turns.interrupted():
                wanted = self._models.lease(model, device=self.device, cancelled=self.stop.is_set)
                loaded = stack.enter_context(wanted)
            self._placed(str(loaded.device), loaded.note)
            yield loaded

    @property
    def cancelled(self) -> bool:
        """Whether the engine should stop, because somebody wants it to or because its time is up."""
        if self.told is None and self.stop.is_set():
            self.told = "cancelled"
        elif self.told is None and self._turns.seconds >= self._seconds:
            self.told = "cut"
        return self.told is not None

    def attachment(self, name: str) -> bytes:
        """The bytes of the file that the request holds in this field."""
        return self._session.attachment(name, getattr(self._request, name))

    @property
    def visitor(self) -> object:
        """The session, a weak key to what is remembered for its visitor alone."""
        return self._session

    @property
    def resume(self) -> State | None:
        """The State to go on from, if a run of this session paused where this one goes on."""
        return self._resume

    def save(self, state: State) -> None:
        """Keep the State and the frames until now; an engine does so best in its `finally`."""
        fits = self._session.save(self._request, self.frames, state)
        self.saved_at = state.step if fits else None

    def go_on(self) -> None:
        """Start from where a run of this session paused, if the request leads on from there."""
        paused = self._session.paused(self._request)
        if paused is not None:
            self._resume, self.saved_at = paused.state, paused.state.step
            self.frames += paused.earlier(self._request)

    def _placed(self, device: str, note: Note | None) -> None:
        if device.split(":")[0] != self.device.split(":")[0]:
            self.device, self.fell_back = device, True
        self.note = note or self.note
