"""How soon live autoencoders show what their treatments of the code are worth, and what measuring them costs.

    PLAYGROUND_THREADS=1 python -m benchmarks.autoencoders [--steps 1000]

Digits, one thread, seconds of processor time after Run with everything imported: the first preset from end to end; AE,
AE+BN and EAE until their Fréchet distances from N(0, I) first stand in this order, until they keep it to the end, and
until each stays within half as much again of where it ends; the same for all five. Beside it, the share of a run that
goes into measuring.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from playground.runtime.contracts import State
from playground.runtime.loaders import load
from playground.runtime.settings import settings
from playground.tabs.sampling.autoencoders import engine, training
from playground.tabs.sampling.autoencoders.frames import AutoencodersFrame
from playground.tabs.sampling.autoencoders.measuring import Measuring
from playground.tabs.sampling.autoencoders.request import TREATMENTS, AutoencodersRequest

PRESET_BAR, SEEN_BAR, SETTLED_BAR, ALL_BAR = 2, 15, 30, 60  # seconds
MEASURING_BAR = 0.25  # of a run
NEAR = 1.5  # of the last distance


class Alone:
    """A context that nobody stops and that keeps nothing."""

    cancelled, resume = False, None

    @contextmanager
    def lease(self, model: str) -> Iterator[Any]:
        """The model, loaded for this run."""
        yield load(settings().zoo_dir / model.removeprefix("zoo/"), "image-features", torch.device("cpu"))

    def attachment(self, name: str) -> bytes:
        """No file."""
        return b""

    def save(self, state: State) -> None:
        """Nowhere."""


@dataclass
class Run:
    """Seconds after the start and distances from N(0, I) (K,) of every picture; seconds of measuring and in all."""

    seconds: list[float] = field(default_factory=list)
    distances: list[np.ndarray[Any, Any]] = field(default_factory=list)
    measuring: float = 0.0
    whole: float = 0.0

    def first(self, holds: list[bool]) -> float:
        """When something first held."""
        return next((when for when, held in zip(self.seconds, holds, strict=True) if held), float("nan"))

    def since(self, holds: list[bool]) -> float:
        """From when on it held to the end."""
        return self.first([all(holds[place:]) for place in range(len(holds))])

    def ordered(self) -> list[bool]:
        """Whether each picture's distances fall from treatment to treatment."""
        return [bool((np.diff(row[:3]) < 0).all()) for row in self.distances]

    def settled(self) -> list[bool]:
        """Whether each picture's distances are all near those of the last."""
        return [bool((row < NEAR * self.distances[-1]).all()) for row in self.distances]


class Clocked(Measuring):
    """Measures, and adds up what that costs."""

    spent = 0.0

    def tell(self, model: Any) -> Any:
        """As it does."""
        before = time.process_time()
        told = super().tell(model)
        Clocked.spent += time.process_time() - before
        return told


def timed(request: AutoencodersRequest) -> Run:
    """A run from end to end."""
    run, begun, Clocked.spent = Run(), time.process_time(), 0.0
    for frame in engine.run(request, Alone()):
        if isinstance(frame, AutoencodersFrame):
            run.seconds.append(time.process_time() - begun)
            run.distances.append(frame.frechet[:, 0])
    run.whole, run.measuring = time.process_time() - begun, Clocked.spent
    return run


def main() -> None:
    """Time everything and print it beside its bar."""
    parser = argparse.ArgumentParser(description="How soon live autoencoders show what they show.")
    parser.add_argument("--steps", type=int, default=1000)
    steps = parser.parse_known_args()[0].steps
    torch.set_num_threads(1)
    training.Measuring = Clocked
    timed(AutoencodersRequest(treatments=("eae",), steps=1))  # imports
    print(f"first preset: {timed(AutoencodersRequest()).whole:.1f} s (bar {PRESET_BAR})", flush=True)
    three = timed(AutoencodersRequest(steps=steps))
    print(f"order AE > AE+BN > EAE seen after {three.first(three.ordered()):.1f} s (bar {SEEN_BAR})")
    print(f"kept to the end from {three.since(three.ordered()):.1f} s on; {three.whole:.1f} s in all")
    print(f"settled after {three.since(three.settled()):.1f} s (bar {SETTLED_BAR}): {_last(three)}")
    print(f"measuring {three.measuring / three.whole:.0%} of a run (bar {MEASURING_BAR:.0%})", flush=True)
    five = timed(AutoencodersRequest(steps=steps, treatments=TREATMENTS))
    print(f"all five settled after {five.since(five.settled()):.1f} s (bar {ALL_BAR}): {_last(five)}")


def _last(run: Run) -> str:
    return ", ".join(f"{name} {distance:.2f}" for name, distance in zip(TREATMENTS, run.distances[-1], strict=False))


if __name__ == "__main__":
    main()
