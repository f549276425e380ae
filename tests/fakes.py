"""A tab, a runner and a registry that need no model: what the page's tests stand on."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import gradio as gr

from playground.runtime.cache_counts import CacheSnapshot
from playground.runtime.contracts import Engine, Frame, Note, Tab, Update
from playground.runtime.errors import ModelUnavailable
from playground.runtime.requests import TabRequest, control
from playground.runtime.sessions import Attachment
from playground.ui.html import element, text
from playground.ui.tab_view import Preset, Services, TabView


class CountRequest(TabRequest):
    """Count to a number."""

    tab: ClassVar[str] = "counting"

    text: str = control("apples", title="Prompt", help="What is counted.", widget="text", lines=2, max_length=200)
    model: str = control("zoo/abacus", title="Model", help="Who counts.", widget="model", max_length=80)
    length: int = control(8, title="Length limit", help="Where to stop.", widget="slider", step=1, ge=1, le=1000)
    seed: int = control(0, title="Seed", help="Changes nothing.", widget="number", group="more", ge=0, le=99)
    loud: bool = control(False, title="Loud", help="Say it in capitals.", widget="switch", group="more", view=True)

    def estimate(self) -> float:
        """A hundred numbers take a second."""
        return self.length / 100


@dataclass(frozen=True)
class Counted(Frame):
    """One more number."""

    number: int


@dataclass
class FakeRunner:
    """Counts at the pace that the test gives: `step` is called before every frame and may wait."""

    step: Callable[[CountRequest, int], object] = lambda request, number: None
    remembered: set[CountRequest] = field(default_factory=set)
    remembers: bool = True
    failure: Note | None = None
    queue: tuple[int, ...] = ()
    paused_at: int | None = None
    rested: list[float] = field(default_factory=list)
    submitted: list[tuple[CountRequest, str]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    attached: dict[tuple[str, str], bytes] = field(default_factory=dict)
    cancelled: threading.Event = field(default_factory=threading.Event)
    _tokens: dict[str, threading.Event] = field(default_factory=dict)
    _replaced: set[threading.Event] = field(default_factory=set)

    def submit(self, tab: str, request: Any, session: str = "", *, fresh: bool = False) -> Iterator[Update]:
        """Waiting updates, counted frames, one final update."""
        self.cancel(session, replaced=True)
        self.submitted.append((request, session))
        token = self._tokens[session] = threading.Event()
        return self._run(request, token, f"run-{len(self.submitted)}")

    def _run(self, request: CountRequest, token: threading.Event, run_id: str) -> Iterator[Update]:
        yield from (Update("waiting", run_id, place=place, seconds_left=2.0) for place in self.queue)
        if self.failure is not None:
            yield Update("failed", run_id, note=self.failure)
            return
        for number in range(1, request.length + 1):
            self.step(request, number)
            if token.is_set():
                yield Update("cancelled", run_id, paused_at=self.paused_at, replaced=token in self._replaced)
                return
            yield Update("running", run_id, Counted(number / request.length, number), seconds_left=1.0)
        if self.remembers:
            self.remembered.add(request)
        yield Update("done", run_id)

    def recall(self, tab: str, request: Any) -> Iterator[Update] | None:
        """A run that finished before."""
        if request not in self.remembered:
            return None
        frames = [Update("running", "memory", Counted(n / request.length, n)) for n in range(1, request.length + 1)]
        return iter([*frames, Update("done", "memory", remembered=True)])

    def cancel(self, session: str, *, replaced: bool = False) -> None:
        """Stop the session's run."""
        if session in self._tokens:
            self._replaced |= {self._tokens[session]} if replaced else set()
            self._tokens[session].set()
        self.cancelled.set()

    def forget(self, session: str) -> None:
        """The visitor left."""
        self.forgotten.append(session)
        self.cancel(session)

    def pause(self, session: str, request: Any) -> int | None:
        """Stop the session's run; where it left a State is set by the test."""
        self.cancel(session, replaced=True)
        return self.paused_at

    def rest(self, session: str, seconds: float) -> None:
        """No time passes."""
        self.rested.append(seconds)

    def waiting(self, device: str | None = None) -> int:
        """The queue that the test set."""
        return len(self.queue)

    def attach(self, session: str, name: str, filename: str, data: bytes) -> Attachment:
        """Files are kept by session and field."""
        self.attached[session, name] = data
        return Attachment(name=filename, size=len(data), sha256=hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class FakeEntry:
    """A registry entry."""

    id: str = "zoo/abacus"
    title: str = "Abacus"
    source: str = "zoo"
    task: str = "causal-lm"
    licence: str = "apache-2.0"
    bytes: int = 2_500_000


@dataclass(frozen=True)
class FakeStatus:
    """What the registry knows of an entry."""

    state: str = "embedded"
    reason: str = ""
    in_memory: bool = True
    bytes_in_memory: int = 5_000_000
    leases: int = 0
    loads: int = 1
    hits: int = 7
    evictions: int = 0
    failures: int = 0
    load_seconds: float | None = 0.25


@dataclass
class FakeRegistry:
    """One model in memory, one that could be downloaded."""

    statuses: dict[str, FakeStatus] = field(
        default_factory=lambda: {
            "zoo/abacus": FakeStatus(),
            "hub/calculator": FakeStatus("downloadable", "", False, 0, loads=0, hits=0, load_seconds=None),
        }
    )
    calls: list[tuple[str, str]] = field(default_factory=list)

    def entries(self) -> tuple[FakeEntry, ...]:
        """All models."""
        return (FakeEntry(), FakeEntry("hub/calculator", "Calculator <b>", "hub", "masked-lm"))

    def find(self, task: str) -> tuple[FakeEntry, ...]:
        """The models for a task."""
        return tuple(entry for entry in self.entries() if entry.task == task)

    def snapshot(self) -> CacheSnapshot:
        """The totals of those in memory."""
        sizes = [status.bytes_in_memory for status in self.statuses.values() if status.in_memory]
        return CacheSnapshot(models=len(sizes), bytes=sum(sizes))

    def status(self, model: str) -> FakeStatus:
        """The state of one."""
        return self.statuses[model]

    def pull(self, model: str) -> None:
        """The hub is never there."""
        self.calls.append(("pull", model))
        raise ModelUnavailable("{model} cannot be had: the hub does not answer.", model=model)

    def unload(self, model: str) -> None:
        """Forget it."""
        self.calls.append(("unload", model))


def no_engine() -> Engine:
    """The fake runner has no need of one."""
    raise AssertionError("nobody should ask for the engine")


def draw(view: list[int] | None, request: CountRequest, language: str) -> list[Any]:
    """The numbers as text, and a bar for each."""
    numbers = view or []
    word = request.text.upper() if request.loud else request.text
    said = element("p", text(" ".join([*map(str, numbers), word if numbers else ""])), class_="counted")
    return [said, {"data": [{"type": "bar", "y": numbers}], "layout": {"height": 200}}]


def counting(folder: Path, outputs: Callable[[], list[Any]] | None = None, **changes: Any) -> TabView:
    """The counting tab."""
    members: dict[str, Any] = {
        "tab": Tab("counting", CountRequest, no_engine),
        "question": "Why does counting end?",
        "lead": "Watch the last number: <it> is the limit.",
        "presets": (
            Preset("Eight", CountRequest()),
            Preset("Twenty pears", CountRequest(text="pears", length=20)),
            Preset("Very long", CountRequest(length=900)),
        ),
        "api_name": "count",
        "outputs": outputs or (lambda: [gr.HTML(elem_classes="numbers"), gr.JSON()]),
        "fold": lambda view, frame: [*(view or []), frame.number],
        "draw": draw,
        "download": lambda view, request: {
            "count.json": str(view).encode(),
            "count.csv": b"number\n" + b"\n".join(str(n).encode() for n in view),
        },
        "snippet": lambda request: f"print(list(range(1, {request.length + 1})))",
        "answer": lambda view: {"numbers": view},
        "thumbnail": lambda view: f'<svg viewBox="0 0 10 10"><text>{len(view)}</text></svg>',
        "folder": folder,
    }
    return TabView(**members | changes)


def services(runner: FakeRunner | None = None, registry: FakeRegistry | None = None) -> Services:
    """What stands behind a page under test."""
    return Services(runner or FakeRunner(), registry or FakeRegistry())
