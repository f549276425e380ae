"""One run: an engine's frames, pulled in slices while the device lock is held, until it ends.

Neither lock nor engine is held while the consumer of the updates is away. Whoever stops a run closes
its engine, unless a thread is inside: that thread sees the wish within one step and closes it itself.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

from playground.runtime.context import Models, RunContext
from playground.runtime.contracts import Frame, Note, RunState, Tab, Update
from playground.runtime.errors import Cancelled, PlaygroundError
from playground.runtime.lock import DeviceLine
from playground.runtime.requests import TabRequest
from playground.runtime.sessions import Session
from playground.runtime.turns import Turns

log = logging.getLogger("whybox.runner")

SLICE = 0.25  # seconds that a run may hold the lock while others wait
BEAT = 0.5  # seconds between two looks at the place in line

CUT = "This run was stopped after {seconds} s of work. What it found until then is kept."
BROKEN = "Something went wrong in this run. Press Retry; if it happens again, report run {run_id}."


class EngineError(Exception):
    """Stands in the log for an engine's exception, whose own words may quote a visitor."""


class Run:
    """One run of an engine; `seconds` is its time box, counted while it holds the device lock."""

    def __init__(
        self,
        tab: Tab,
        request: TabRequest,
        session: Session,
        line: DeviceLine,
        models: Models,
        seconds: float,
        clock: Callable[[], float],
    ) -> None:
        self.id = secrets.token_hex(4)
        self.state: RunState = "waiting"
        self.ended = threading.Event()
        self._tab, self._request, self._line, self._box = tab, request, line, seconds
        self._turns = Turns(line.lock, lambda: self.stopping, clock)
        self._context = RunContext(request, session, models, line.device, self._turns, seconds)
        self._note: Note | None = None
        self._inside = threading.Lock()  # held by the thread that is in the engine
        self._engine: Iterator[Frame] | None = None
        self._admitted = False
        self._replaced = False
        self._share_before = 0.0  # of the whole run, done before this one went on

    @property
    def stopping(self) -> bool:
        """Whether somebody stopped the run."""
        return self._context.stop.is_set()

    @property
    def frames(self) -> list[Frame]:
        """All frames until now."""
        return self._context.frames

    @property
    def repeatable(self) -> bool:
        """Whether the frames are what anybody would get who asked the same of this kind of device."""
        return self.state == "done" and not self._context.fell_back and self._context.resume is None

    def cancel(self, *, replaced: bool = False) -> None:
        """Stop within one step, or at once while the consumer is away; whether something else takes its place."""
        self._replaced |= replaced
        self._context.stop.set()
        self._line.wake()
        self.close()

    def close(self) -> None:
        """Close the engine and make room, unless a thread is inside the engine; that one will."""
        if not self._inside.acquire(blocking=False):
            return
        with ExitStack() as stack:
            stack.callback(self._inside.release)
            if not self.ended.is_set():
                stack.callback(self._leave)
                self._close_engine()

    def updates(self) -> Iterator[Update]:
        """Wait for admission, go on from where the session paused, work, end. May be closed at any time."""
        try:
            yield from self._wait()
            for frame in self._earlier():
                yield self._update("running", frame, remembered=True)
            while self.state == "running":
                for frame in self._slice():
                    yield self._update("running", frame, seconds_left=self._seconds_left(frame.done))
        finally:
            self.close()
        yield self._update(self.state)

    def _wait(self) -> Iterator[Update]:
        """Updates until the run is admitted or stopped."""
        with self._inside:
            if not self.ended.is_set():
                self._line.work[self.id] = self._remaining
        line = self._line.admission
        ticket = line.join()
        try:
            beat = 0.0
            while not line.wait(ticket, lambda: self.stopping, beat):
                if self.stopping:
                    return self._enter("cancelled")
                ahead = self._line.work_before(self.id)
                yield self._update("waiting", place=line.place(ticket), seconds_left=ahead)
                beat = BEAT
        finally:
            line.leave(ticket)
        with self._inside:
            self._admitted = not self.ended.is_set()
        if not self._admitted:  # stopped in this very moment
            line.release()
        self._enter("running")
        self._close_if_stopped()

    def _earlier(self) -> list[Frame]:
        """The frames from before the State that this run goes on from."""
        if self.state == "running":
            self._context.go_on()
        self._share_before = self.frames[-1].done if self.frames else 0.0
        return list(self.frames)

    def _slice(self) -> list[Frame]:
        """New frames: one, or where others wait as many as fit into a slice of time."""
        before = len(self.frames)
        with self._inside:
            if not self.ended.is_set():
                self._pull()
        self._close_if_stopped()
        return self.frames[before:]

    def _pull(self) -> None:
        """Pull one slice; every exception of the engine becomes an end with a sentence."""
        try:
            if self._engine is None:
                self._engine = iter(self._tab.engine().run(self._request, self._context))
            self._turns.take()
            self._pull_frames(self._engine)
        except Cancelled:
            self._enter("cancelled")
        except PlaygroundError as error:
            self._enter("failed", Note(error.message, error.values))
        except Exception as error:
            self._log("a run failed", error)
            self._enter("failed", Note(BROKEN, {"run_id": self.id}))
        finally:
            self._turns.give()

    def _pull_frames(self, engine: Iterator[Frame]) -> None:
        begun = self._turns.seconds
        for number, frame in enumerate(engine, start=1):
            self.frames.append(frame)
            if self._turns.seconds >= self._box and frame.done < 1:
                return self._enter("cut")
            spent = self._turns.seconds - begun
            if self.stopping or not self._turns.contended or spent + spent / number > SLICE:
                return None
        return self._enter(self._context.told or "done")

    def _close_if_stopped(self) -> None:
        """What :meth:`cancel` could not do while this thread was inside."""
        if self.stopping:
            self._enter("cancelled")
            self.close()

    def _enter(self, state: RunState, note: Note | None = None) -> None:
        """Go over to a state, unless the run has ended."""
        if self.state in ("waiting", "running"):
            self.state = state
            self._note = Note(CUT, {"seconds": f"{self._box:g}"}) if state == "cut" else note

    def _close_engine(self) -> None:
        try:
            if self._engine is not None and hasattr(self._engine, "close"):
                self._engine.close()
        except Exception as error:
            self._log("an engine failed while it was closed", error)

    def _leave(self) -> None:
        self._line.work.pop(self.id, None)
        if self._admitted:
            self._line.admission.release()
        self.ended.set()

    def _seconds_left(self, done: float) -> float | None:
        """Seconds of work until the end, from the pace so far."""
        gained = done - self._share_before
        return self._turns.seconds * (1 - done) / gained if gained > 0 else None

    def _remaining(self) -> float:
        left = self._seconds_left(self.frames[-1].done) if self.frames else None
        return self._request.estimate() if left is None else left

    def _update(
        self,
        state: RunState,
        frame: Frame | None = None,
        *,
        place: int = 0,
        seconds_left: float | None = None,
        remembered: bool = False,
    ) -> Update:
        context = self._context
        note = self._note or context.note
        update = Update(state, self.id, frame, place, seconds_left, context.device, remembered, note=note)
        return replace(update, paused_at=context.saved_at, replaced=self._replaced) if update.final else update

    def _log(self, message: str, error: Exception) -> None:
        kind = type(error)
        places = (EngineError, EngineError(kind.__qualname__), error.__traceback__)
        names = {"run_id": self.id, "tab": self._tab.name, "error": f"{kind.__module__}.{kind.__qualname__}"}
        log.error(message, extra=names, exc_info=places)
