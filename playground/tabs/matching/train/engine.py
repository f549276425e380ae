"""The engine of the panel: losses that are trained in front of the visitor, which pause and go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

from playground.runtime.contracts import Context, Frame
from playground.runtime.live_training import pictures
from playground.runtime.recorded_steps import is_recorded
from playground.tabs.matching.train import data
from playground.tabs.matching.train.frames import TrainFailure, TrainFrame, TrainStart
from playground.tabs.matching.train.linear_map import LinearMap
from playground.tabs.matching.train.lora import LoraEncoder
from playground.tabs.matching.train.request import MatchingTrainRequest
from playground.tabs.matching.train.training import Training

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, TrainStart, TrainFrame, TrainFailure)

FIRST = 0  # no steps but those on the grid have a picture: one costs as much as some ten steps


def run(request: MatchingTrainRequest, context: Context) -> Iterator[Frame]:
    """Train by all losses: a start frame, then pictures of them, and empty frames in between.

    Goes on from the context's State, and saves one however it ends. Ends with a failure frame where a loss is no
    number, and early when the run is cancelled.
    """
    with ExitStack() as stack:
        training = Training(request, data.load(), _encoder(request, context, stack), context.resume)
        yield from pictures(
            training,
            request.steps,
            lambda step: is_recorded(step, request.every, FIRST),
            context,
            start=lambda: _start(training),
            measure=training.measured,
        )


def _encoder(request: MatchingTrainRequest, context: Context, stack: ExitStack) -> Callable[[], Any]:
    """Makes what is trained; the encoder itself is leased only where it is."""
    if request.trained == "map":
        return partial(LinearMap, data.load().vectors)
    (encoder,) = request.models()
    loaded = stack.enter_context(context.lease(encoder))
    return partial(LoraEncoder, loaded.model, data.load().texts, request.rank, request.seed)


def _start(training: Training) -> TrainStart:
    """The ground that the training stands on."""
    measuring = training.measuring
    return TrainStart(
        done=0.0,
        losses=training.request.losses,
        pairs=len(training.data.train),
        seen=len(measuring.seen),
        validation=len(measuring.validation),
        texts=tuple(training.data.texts[row] for row in measuring.drawn.tolist()),
        links=measuring.links,
        labels=measuring.validation.scores[: len(measuring.links)].numpy(),
        share=measuring.map.share,
    )
