"""A training in front of the visitor: pictures of it as it goes on, until it ends, breaks off or pauses.

Every such training is a pure function of its request: whatever is drawn at random comes from `step_generator`, so
that going on from a State gives the same pictures as going straight through.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Protocol

import numpy as np
import torch

from playground.runtime.contracts import Context, Frame, State

BEAT = 0.2  # seconds after which a sign of life is given


class Training(Protocol):
    """What is shown: `step` counts its steps."""

    step: int

    @property
    def failure(self) -> Frame | None:
        """Why it could not take the next step."""
        ...

    def advance(self) -> bool:
        """One step; False where it cannot be taken."""
        ...

    def measure(self) -> Frame:
        """A picture of it as it is."""
        ...

    def state(self) -> State:
        """Where it is, to go on from."""
        ...


def pictures(
    training: Training,
    steps: int,
    is_due: Callable[[int], bool],
    context: Context,
    start: Callable[[], Frame],
    measure: Callable[[], Iterable[Frame]] | None = None,
) -> Iterator[Frame]:
    """Train up to so many steps: a start frame, a picture at every step that is due, empty frames in between.

    The last step has a picture in any case, and so has the one where a cancelled run pauses. A run that goes on from
    the context's State has no start frame. A State is saved however the run ends; it ends with the failure frame where
    the training cannot go on. `measure` gives empty frames before a picture that takes more than a moment.
    """
    measure = measure or (lambda: [training.measure()])
    shown = int(context.resume.extra["shown"]) if context.resume else -1  # step of the last picture
    if not context.resume:
        yield start()
    try:
        alive = time.monotonic()
        while True:
            over = training.step >= steps or context.cancelled
            if shown < training.step and (over or is_due(training.step)):
                for frame in measure():
                    alive = time.monotonic()
                    shown = shown if type(frame) is Frame else training.step
                    yield frame
            elif time.monotonic() - alive > BEAT:
                alive = time.monotonic()
                yield Frame(training.step / steps)
            if over:
                return
            if not training.advance():
                assert training.failure
                yield training.failure
                return
    finally:
        context.save(replace(training.state(), extra={"shown": shown}))


def step_generator(*words: int) -> torch.Generator:
    """A generator on the CPU that whole numbers alone decide: a seed, a step, what it is for (0 adds nothing)."""
    return torch.Generator().manual_seed(int(np.random.SeedSequence(words).generate_state(1)[0]))
