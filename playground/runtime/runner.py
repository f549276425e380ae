"""Runs on this machine's devices: one line a device, one run a visitor, finished runs remembered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from typing import Literal

from playground.runtime.context import Models
from playground.runtime.contracts import Backend, Frame, Tab, Update
from playground.runtime.device import pick as pick_device
from playground.runtime.lock import DeviceLine
from playground.runtime.requests import TabRequest
from playground.runtime.results import ResultMemory, is_personal, result_key
from playground.runtime.run import Run
from playground.runtime.sessions import Attachment, Ending, Session, Sessions
from playground.runtime.settings import Settings
from playground.runtime.settings import settings as process_settings

DTYPE = "float32"  # of every model in memory
PATIENCE = 0.05  # seconds between two looks whether the run before has ended
ENDING = 2.0  # seconds that a stopped run has to end and to leave its State


class Runner(Backend):
    """The local backend: runs happen in the threads of those who read their updates.

    `pick` names the device for a need, "cpu" or "gpu".
    """

    def __init__(
        self,
        tabs: Mapping[str, Tab],
        registry: Models,
        *,
        memory: ResultMemory | None,
        settings: Settings | None = None,
        clock: Callable[[], float] = time.monotonic,
        pick: Callable[[Literal["cpu", "gpu"]], str] = pick_device,
    ) -> None:
        self._tabs, self._registry, self._memory, self._clock, self._pick = tabs, registry, memory, clock, pick
        self._seconds = (settings or process_settings()).run_seconds
        self._sessions = Sessions(clock)
        self._lines: dict[str, DeviceLine] = {}

    def submit(self, tab: str, request: TabRequest, session: str = "", *, fresh: bool = False) -> Iterator[Update]:
        """Run a request, a `fresh` one even if it is remembered; a newer submit of the session cancels it.

        Without a session runs are independent of each other and leave nothing behind.
        """
        visitor = self._sessions.open(session)
        line = self._line(self._pick(request.device_need()))
        run = Run(self._tabs[tab], request, visitor, line, self._registry, self._seconds, self._clock)
        before = self._sessions.replace_run(visitor, run)
        if before is not None:
            before.cancel(replaced=True)
        return self._updates(visitor, run, before, tab, request, fresh)

    def cancel(self, session: str, *, replaced: bool = False) -> None:
        """Stop the session's run, if one is going on; whether something else takes its place."""
        visitor = self._sessions.find(session)
        if visitor is not None and visitor.run is not None:
            visitor.run.cancel(replaced=replaced)

    def pause(self, session: str, request: TabRequest) -> int | None:
        """Stop the run for something else and wait for its end; the step from which `request` would go on, if any."""
        visitor = self._sessions.find(session)
        if visitor is None:
            return None
        if visitor.run is not None:
            visitor.run.cancel(replaced=True)
            visitor.run.ended.wait(ENDING)
        paused = visitor.paused(request)
        return None if paused is None else paused.state.step

    def rest(self, session: str, seconds: float) -> None:
        """Wait, but no longer than the session's run goes on."""
        visitor = self._sessions.find(session)
        if visitor is not None and visitor.run is not None:
            visitor.run.ended.wait(seconds)

    def forget(self, session: str) -> None:
        """The visitor left: cancel, and drop everything kept for the session."""
        self._sessions.forget(session)

    def recall(self, tab: str, request: TabRequest) -> Iterator[Update] | None:
        """A remembered run of this request, or None; needs neither model nor device."""
        return self._recall(tab, request, self._key(tab, request))

    def waiting(self, device: str | None = None) -> int:
        """How many runs wait, for a place or for their turn, on one device or on all."""
        return sum(len(line) for name, line in tuple(self._lines.items()) if device in (None, name))

    def attach(self, session: str, name: str, filename: str, data: bytes) -> Attachment:
        """Keep an uploaded file for the field `name` of this session's requests, until the visitor leaves."""
        return self._sessions.attach(session, name, filename, data)

    def _updates(
        self, visitor: Session, run: Run, before: Ending | None, tab: str, request: TabRequest, fresh: bool
    ) -> Iterator[Update]:
        """A remembered run's updates, or else the run's own."""
        try:
            key = self._key(tab, request)
            remembered = None if fresh else self._recall(tab, request, key)
            if remembered is not None:
                yield from remembered
                return
            # The run before may be about to save the State that this one goes on from.
            while before is not None and not run.stopping and not before.ended.wait(PATIENCE):
                pass
            for update in run.updates():
                if update.final and run.repeatable and self._memory is not None and key is not None:
                    self._memory.remember(key, run.frames)
                yield update
        finally:
            run.close()
            self._sessions.drop_run(visitor, run)

    def _recall(self, tab: str, request: TabRequest, key: str | None) -> Iterator[Update] | None:
        if self._memory is None or key is None:
            return None
        frames = self._memory.recall(key, (Frame, *self._tabs[tab].engine().FRAMES))
        return None if frames is None else _replay(frames, key[:8], self._pick(request.device_need()))

    def _key(self, tab: str, request: TabRequest) -> str | None:
        """The name under which the run is remembered, None where it must not be."""
        if self._memory is None or is_personal(request):
            return None
        try:
            engine = self._tabs[tab].engine()
            weights = {model: self._registry.fingerprint(model) for model in request.models()}
        except Exception:  # the run itself will say what is wrong
            return None
        device = self._pick(request.device_need()).split(":")[0]
        ground = {"engine": engine.VERSION, "torch": version("torch"), "device": device, "dtype": DTYPE}
        return result_key(tab, request, weights, **ground)

    def _line(self, device: str) -> DeviceLine:
        return self._lines.setdefault(device, DeviceLine(device))


def _replay(frames: list[Frame], run_id: str, device: str) -> Iterator[Update]:
    for frame in frames:
        yield Update("running", run_id, frame, device=device, remembered=True)
    yield Update("done", run_id, device=device, remembered=True)
