"""The engine of the collapse tab: trainings in front of the visitor, which pause and go on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from playground.runtime import device
from playground.runtime.contracts import Context, Frame
from playground.runtime.live_training import pictures
from playground.runtime.recorded_steps import is_recorded
from playground.tabs.collapse import data
from playground.tabs.collapse.diagnosis import knn_accuracy
from playground.tabs.collapse.frames import CollapseFailure, CollapseFrame, CollapseStart
from playground.tabs.collapse.request import CollapseRequest
from playground.tabs.collapse.training import Training

VERSION = "2"
FRAMES: tuple[type[Frame], ...] = (Frame, CollapseStart, CollapseFrame, CollapseFailure)

NO_WAY_BACK = "BYOL's target is a moving average, so no gradient flows into it with or without stop-gradient."


def run(request: CollapseRequest, context: Context) -> Iterator[Frame]:
    """Train all variants: a start frame, then pictures of them, and empty frames in between.

    Goes on from the context's State, and saves one however it ends. Ends with a failure frame where a variant's loss
    or gradient is no number, and early when the run is cancelled.
    """
    dataset = data.load(request, lambda: context.attachment("images"))
    training = Training(request, dataset, context.resume, device.pick(request.device_need()))
    yield from pictures(
        training,
        request.steps,
        lambda step: is_recorded(step, request.every),
        context,
        start=lambda: _start(training),
    )


def _start(training: Training) -> CollapseStart:
    """The ground that the training stands on."""
    dataset, variants = training.dataset, training.request.variants()
    batched = {member: number for number, members in enumerate(training.members) for member in members}
    return CollapseStart(
        done=0.0,
        classes=dataset.classes,
        labels=dataset.labels,
        raw_knn=knn_accuracy(dataset.probe.flatten(1).numpy(), dataset.labels),
        chance=float(np.bincount(dataset.labels).max() / len(dataset.labels)),
        dimensions=np.array([variant.dimension for variant in variants]),
        batched=np.array([batched[member] for member in range(len(variants))]),
        notes=tuple(_notes(training.request)),
    )


def _notes(request: CollapseRequest) -> Iterator[str]:
    """What the visitor might not expect of these settings."""
    if any(variant.target == "byol" and not variant.stop_gradient for variant in request.variants()):
        yield NO_WAY_BACK
