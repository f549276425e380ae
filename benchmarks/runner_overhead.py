"""What the runner costs: its time a frame beside an engine's own, alone and among eight, and a replay.

    python -m benchmarks.runner_overhead [--frames 2000]

The engine does nothing but yield frames of one small array; a decoding step takes about 2 ms.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np

from playground.runtime.contracts import Context, Frame, Tab
from playground.runtime.requests import TabRequest, control
from playground.runtime.results import ResultMemory
from playground.runtime.runner import Runner
from playground.runtime.settings import Settings

STEP = 2e-3  # seconds of a decoding step of eight rows
SESSIONS = 8


class CountRequest(TabRequest):
    """So many frames."""

    tab: ClassVar[str] = "count"

    frames: int = control(1, title="Frames", help="How many.", widget="number", ge=1)


@dataclass(frozen=True)
class Numbers(Frame):
    """A small array."""

    values: np.ndarray[Any, Any]


class NoModels:
    """A registry without models."""

    def lease(
        self, id: str, *, device: str | None = None, cancelled: Callable[[], bool] | None = None
    ) -> AbstractContextManager[Any]:
        """There are none."""
        raise NotImplementedError

    def fingerprint(self, id: str) -> str:
        """There are none."""
        raise NotImplementedError


def run(request: CountRequest, context: Context) -> Iterator[Frame]:
    """Yield the frames at once."""
    for number in range(request.frames):
        yield Numbers(done=(number + 1) / request.frames, values=np.arange(64, dtype=np.float32))


def seconds(work: Callable[[], object], rounds: int = 5) -> float:
    """The fastest of a few rounds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def drain(frames: Iterator[Any] | None) -> None:
    """Read everything."""
    deque(frames or (), maxlen=0)


def together(runner: Runner, request: CountRequest) -> None:
    """Eight sessions, each with the request."""
    readers = [
        threading.Thread(target=drain, args=(runner.submit("count", request, f"s{number}"),))
        for number in range(SESSIONS)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=2000)
    count = parser.parse_args().frames
    request = CountRequest(frames=count)
    tabs = {"count": Tab("count", CountRequest, lambda: SimpleNamespace(VERSION="1", FRAMES=(Numbers,), run=run))}
    live = Runner(tabs, NoModels(), memory=None, settings=Settings(time_box=0))
    bare = seconds(lambda: drain(run(request, SimpleNamespace())))
    alone = seconds(lambda: drain(live.submit("count", request, "ann")))
    crowd = seconds(lambda: together(live, request), rounds=2)
    with tempfile.TemporaryDirectory() as folder:
        kept = Runner(tabs, NoModels(), memory=ResultMemory(Path(folder), 10**9), settings=Settings(time_box=0))
        drain(kept.submit("count", request, "ann"))
        replay = seconds(lambda: drain(kept.recall("count", request)))
    cost, shared, again = (alone - bare) / count, (crowd / SESSIONS - bare) / count, replay / count
    print(f"runner, alone:            {cost * 1e6:6.1f} us a frame = {cost / STEP:.2%} of a decoding step")
    print(f"runner, {SESSIONS} runs together: {shared * 1e6:6.1f} us a frame = {shared / STEP:.2%} of a decoding step")
    print(f"a remembered run:         {again * 1e6:6.1f} us a frame = 1/{STEP / again:.0f} of computing it")


if __name__ == "__main__":
    main()
