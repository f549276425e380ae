"""The engine of the panel: autoencoders that are trained in front of the visitor, which pause and go on."""

from __future__ import annotations

from collections.abc import Iterator

from playground.runtime.contracts import Context, Frame
from playground.runtime.live_training import pictures
from playground.runtime.recorded_steps import is_recorded
from playground.tabs.sampling import data
from playground.tabs.sampling.autoencoders.frames import AutoencodersFailure, AutoencodersFrame, AutoencodersStart
from playground.tabs.sampling.autoencoders.measuring import SHOWN_TESTS, to_bytes
from playground.tabs.sampling.autoencoders.request import AutoencodersRequest
from playground.tabs.sampling.autoencoders.training import Training

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, AutoencodersStart, AutoencodersFrame, AutoencodersFailure)

FIRST = 0  # no steps but those on the grid have a picture: one costs as much as some ten steps


def run(request: AutoencodersRequest, context: Context) -> Iterator[Frame]:
    """Train all treatments: a start frame, then pictures of them, and empty frames in between.

    Goes on from the context's State, and saves one however it ends. Ends with a failure frame where a loss is no
    number, and early when the run is cancelled.
    """
    pictured = data.load(request.data)
    (features,) = request.models()
    with context.lease(features) as loaded:
        training = Training(request, pictured, loaded.model, context.resume, loaded.device)
        yield from pictures(
            training,
            request.steps,
            lambda step: is_recorded(step, request.interval(), FIRST),
            context,
            start=lambda: _start(training),
            measure=training.measured,
        )


def _start(training: Training) -> AutoencodersStart:
    """The ground that the training stands on."""
    pictured, measuring = training.data, training.measuring
    return AutoencodersStart(
        done=0.0,
        treatments=training.request.treatments,
        classes=pictured.classes,
        labels=pictured.test_labels,
        originals=to_bytes(pictured.test[:SHOWN_TESTS]),
        reference=measuring.reference,
        count=measuring.count,
    )
