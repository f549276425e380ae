"""The engine of the panel: critics that learn in front of the visitor, or exact distances of fixed batches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from playground.runtime.contracts import Context, Frame
from playground.runtime.live_training import pictures
from playground.runtime.recorded_steps import is_recorded
from playground.tabs.sampling.critic import comparing
from playground.tabs.sampling.critic.frames import Batches, CriticFailure, CriticFrame, CriticStart, Floats, Likenesses
from playground.tabs.sampling.critic.request import CriticRequest
from playground.tabs.sampling.critic.sources import source
from playground.tabs.sampling.critic.training import Training
from playground.tabs.sampling.data import load

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, CriticStart, CriticFrame, CriticFailure, Batches, Likenesses)

DIMENSIONS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
DIGIT_DIMENSIONS = 64
BATCHES = (8, 16, 32, 64, 128)
SHOWN = 24  # digits of each kind


def run(request: CriticRequest, context: Context) -> Iterator[Frame]:
    """Answer with the chosen exhibit; ends early when the run is cancelled, and critics can go on from there."""
    if request.exhibit == "batches":
        for frame in _batches(request):
            if context.cancelled:
                return
            yield frame
    elif request.models():
        with context.lease(*request.models()) as loaded:
            yield from _critics(Training(request, source(request.data), loaded.model, context.resume), context)
    else:
        yield from _critics(Training(request, source(request.data), None, context.resume), context)


def _critics(training: Training, context: Context) -> Iterator[Frame]:
    request = training.request
    return pictures(
        training, request.steps, lambda step: is_recorded(step, request.every), context, start=training.start
    )


def _batches(request: CriticRequest) -> Iterator[Frame]:
    """Distances over the dimension at the asked batch size, then over the batch size at the asked dimension."""
    if request.ground == "digits":
        yield _likenesses(request)
    most = DIGIT_DIMENSIONS if request.ground == "digits" else DIMENSIONS[-1]
    asked = min(request.dimension, most)
    dimensions = sorted({asked, *(each for each in DIMENSIONS if each <= most)})
    places = [("dimension", dimension, request.batch) for dimension in dimensions]
    places += [("batch", asked, batch) for batch in sorted({request.batch, *BATCHES})]
    for number, (sweep, dimension, batch) in enumerate(places, 1):
        found = []
        for distances in comparing.distances(_ground(request, dimension), batch, request.repeats, request.seed):
            found.append(distances)
            yield Frame((number - 1 + len(found) / request.repeats) / len(places))
        real, mean, centres = np.array(found, dtype=np.float32).T
        yield Batches(number / len(places), sweep, dimension, batch, real, mean, centres)


def _ground(request: CriticRequest, dimension: int) -> comparing.Ground:
    if request.ground == "normal":
        return comparing.normal_ground(dimension, request.seed)
    return comparing.principal_ground(*_digits(), dimension)


def _digits() -> tuple[comparing.Points, comparing.Points]:
    """The digits learnt from and those kept apart, as points (N, 64)."""
    digits = load("digits")
    train, kept = (pictures.flatten(1).double().numpy() for pictures in (digits.train, digits.test))
    return train, kept


def _likenesses(request: CriticRequest) -> Likenesses:
    """A few of what is compared, in all 64 dimensions."""
    train, kept = _digits()
    centres = comparing.centres(train, request.batch, request.seed)
    return Likenesses(0.0, *(_bytes(points[:SHOWN]) for points in (kept, train.mean(0)[None], centres)))


def _bytes(points: Floats | comparing.Points) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Points (N, 64) in [0, 1] as bytes (N, 8, 8, 1)."""
    levels: Floats = np.rint(255 * np.clip(points, 0, 1))
    return levels.astype(np.uint8).reshape(-1, 8, 8, 1)
