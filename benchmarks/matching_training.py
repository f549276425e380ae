"""How long the live training of matching losses takes, and what of it goes into measuring.

    PLAYGROUND_THREADS=1 python -m benchmarks.matching_training

One thread, seconds of processor time with everything imported: the first preset, and four losses for five epochs of the
bundled pairs (the bar is 10 s), both from end to end with the pictures that a visitor sees.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from playground.runtime.contracts import State
from playground.tabs.matching.train import data, engine
from playground.tabs.matching.train.frames import TrainFrame
from playground.tabs.matching.train.linear_map import LinearMap
from playground.tabs.matching.train.request import MatchingTrainRequest
from playground.tabs.matching.train.training import Training

PRESET_BAR, FOUR_BAR = 2, 10  # seconds
EPOCHS = 5
FOUR = MatchingTrainRequest(losses=("cosine-mse", "softmax", "cosent", "angle"))


class Alone:
    """A context that nobody stops and that keeps nothing."""

    cancelled, resume = False, None

    @contextmanager
    def lease(self, model: str) -> Iterator[Any]:
        """No model: the vectors are bundled."""
        raise AssertionError(model)
        yield

    def attachment(self, name: str) -> bytes:
        """No file."""
        return b""

    def save(self, state: State) -> None:
        """Nowhere."""


def timed(request: MatchingTrainRequest) -> tuple[float, list[TrainFrame]]:
    """Seconds of a run from end to end, and its pictures."""
    begun = time.process_time()
    frames = [frame for frame in engine.run(request, Alone()) if isinstance(frame, TrainFrame)]
    return time.process_time() - begun, frames


def seconds_a_picture(request: MatchingTrainRequest) -> float:
    """What measuring all losses once takes."""
    training = Training(request, data.load(), lambda: LinearMap(data.load().vectors))
    training.measure()
    begun = time.process_time()
    training.measure()
    return time.process_time() - begun


def main() -> None:
    """Time everything and print it beside its bar."""
    torch.set_num_threads(1)
    timed(FOUR.with_(steps=1))  # imports
    seconds, _ = timed(MatchingTrainRequest())
    print(f"first preset: {seconds:.2f} s (bar {PRESET_BAR})", flush=True)
    steps = EPOCHS * (len(data.load().train) // FOUR.batch)
    seconds, frames = timed(FOUR.with_(steps=steps))
    measuring = len(frames) * seconds_a_picture(FOUR)
    print(f"four losses, {EPOCHS} epochs: {seconds:.2f} s (bar {FOUR_BAR}), of which measuring about {measuring:.2f} s")
    ends = zip(FOUR.losses, frames[0].spearman, frames[-1].spearman, strict=True)
    print("validation Spearman: " + ", ".join(f"{loss} {before:.3f} -> {after:.3f}" for loss, before, after in ends))


if __name__ == "__main__":
    main()
