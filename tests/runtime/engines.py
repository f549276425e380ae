"""Small engines, requests, models and clocks for the tests of the runner."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar, Literal

import numpy as np

from playground.runtime.contracts import Context, Frame, State, Tab, Update
from playground.runtime.lock import RUNS_AT_ONCE
from playground.runtime.requests import FrozenModel, TabRequest, control
from playground.runtime.results import ResultMemory
from playground.runtime.runner import Runner
from playground.runtime.sessions import Attachment
from playground.runtime.settings import Settings

PATIENCE = 20.0  # seconds after which a test gives up waiting


class Change(FrozenModel):
    """From a step on, walk at another pace."""

    step: int
    pace: float


class WalkRequest(TabRequest):
    """A random walk, which stands for a training."""

    tab: ClassVar[str] = "walk"

    steps: int = control(5, title="Steps", help="How many.", widget="slider", ge=0)
    schedule: tuple[Change, ...] = control((), title="Schedule", help="What changes when.", widget="none")
    seed: int = control(0, title="Seed", help="Of the walk.", widget="number")
    secret: str = control("", title="Secret", help="Yours.", widget="text", private=True)
    file: Attachment | None = control(None, title="File", help="Yours.", widget="none")
    leased: tuple[str, ...] = control((), title="Models", help="Leased.", widget="none")
    color: str = control("plain", title="Colour", help="Of the walk.", widget="none", view=True)
    need: Literal["cpu", "gpu"] = control("cpu", title="Need", help="Which device.", widget="none")

    def models(self) -> tuple[str, ...]:
        """Those asked for."""
        return self.leased

    def device_need(self) -> Literal["cpu", "gpu"]:
        """The one asked for."""
        return self.need

    def estimate(self) -> float:
        """One second a step."""
        return float(self.steps)


class PlainRequest(TabRequest):
    """A request that no State leads to."""

    tab: ClassVar[str] = "plain"

    word: str = control("a", title="Word", help="Any.", widget="text")


@dataclass(frozen=True)
class Position(Frame):
    """Where the walk is after a step."""

    step: int
    at: np.ndarray[Any, Any]


def walk(request: WalkRequest, context: Context) -> Iterator[Frame]:
    """A walk that can be paused after every step."""
    random, start, at = np.random.Generator(np.random.PCG64(request.seed)), 0, np.zeros(3)
    if context.resume is not None:
        start, at = context.resume.step, context.resume.arrays["at"]
        counter = int(context.resume.extra["counter"])
        random.bit_generator.advance(counter)
    done = start
    try:
        for step in range(start, request.steps):
            if context.cancelled:
                return
            pace = ([1.0] + [change.pace for change in request.schedule if change.step <= step])[-1]
            at = at + pace * random.random(3)
            done = step + 1
            yield Position(done=done / request.steps, step=done, at=at)
    finally:
        context.save(State(done, {"at": at}, {"counter": 3 * done}))


class FakeClock:
    """Time that only passes when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class FakeModels:
    """A registry whose models are names; `load` runs while a model is being loaded."""

    def __init__(self, load: Callable[[str], None] = lambda model: None, device: str = "cpu", note: Any = None) -> None:
        self.load, self.device, self.note = load, device, note
        self.leased: list[str] = []
        self.weights = {"zoo/a": "1", "zoo/b": "2"}

    @contextmanager
    def lease(
        self, id: str, *, device: str | None = None, cancelled: Callable[[], bool] | None = None
    ) -> Iterator[SimpleNamespace]:
        """The model's name."""
        self.load(id)
        self.leased.append(id)
        try:
            yield SimpleNamespace(model=id, device=self.device, note=self.note)
        finally:
            self.leased.remove(id)

    def fingerprint(self, id: str) -> str:
        """Made up."""
        return self.weights[id]


Run = Callable[[Any, Context], Iterator[Frame]]


def tab_of(run: Run, request: type[TabRequest] = WalkRequest, version: str = "1") -> Tab:
    """A tab around one function."""
    return Tab(request.tab, request, lambda: SimpleNamespace(VERSION=version, FRAMES=(Position,), run=run))


def runner_of(
    run: Run = walk,
    request: type[TabRequest] = WalkRequest,
    *,
    models: FakeModels | None = None,
    memory: ResultMemory | None = None,
    time_box: float = 0,
    clock: Callable[[], float] | None = None,
    pick: Callable[[str], str] = lambda need: "cpu",
    version: str = "1",
) -> Runner:
    """A runner with one tab."""
    tabs = {request.tab: tab_of(run, request, version)}
    settings = Settings(time_box=time_box)
    models = models or FakeModels()
    return Runner(tabs, models, memory=memory, settings=settings, clock=clock or FakeClock(), pick=pick)


def in_thread(updates: Iterator[Update]) -> tuple[threading.Thread, list[Update]]:
    """Read updates in a thread of their own; the list fills up as they come."""
    seen: list[Update] = []
    thread = threading.Thread(target=lambda: seen.extend(updates), daemon=True)
    thread.start()
    return thread, seen


def until(condition: Callable[[], bool]) -> None:
    """Come back once other threads have come so far; that a thread waits for a lock sets no event."""
    deadline, pause = time.monotonic() + PATIENCE, threading.Event()
    while not condition():
        assert time.monotonic() < deadline
        pause.wait(0.001)


def finished(thread: threading.Thread) -> bool:
    """Whether the thread ends within patience."""
    thread.join(PATIENCE)
    return not thread.is_alive()


def positions(updates: Iterator[Update] | list[Update]) -> list[tuple[int, tuple[float, ...]]]:
    """What the walk's frames say, in plain values."""
    frames = [update.frame for update in updates]
    return [(frame.step, tuple(frame.at)) for frame in frames if isinstance(frame, Position)]


def last(updates: Iterator[Update]) -> Update:
    """The final update."""
    return list(updates)[-1]


def working(clock: FakeClock, seconds: float, steps: int = 10**9) -> Run:
    """An engine whose every step takes so many seconds."""

    def run(request: Any, context: Context) -> Iterator[Frame]:
        for step in range(steps):
            clock.now += seconds
            yield Frame(done=(step + 1) / steps)

    return run


def crowd(runner: Runner) -> list[Iterator[Update]]:
    """As many runs as may work at once, each with its consumer away."""
    runs = [runner.submit("walk", WalkRequest(steps=5), f"s{number}") for number in range(RUNS_AT_ONCE)]
    for updates in runs:
        assert next(updates).state == "running"
    return runs
