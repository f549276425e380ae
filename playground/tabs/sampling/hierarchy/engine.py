"""The engine of the panel: tiny NVAEs in training, which pause and go on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from playground.runtime.contracts import Context, Frame
from playground.runtime.live_training import pictures
from playground.runtime.recorded_steps import is_recorded
from playground.tabs.sampling.data import load
from playground.tabs.sampling.hierarchy.frames import HierarchyFailure, HierarchyFrame, HierarchyStart
from playground.tabs.sampling.hierarchy.request import HierarchyRequest
from playground.tabs.sampling.hierarchy.training import SHOWN, Training, to_images

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, HierarchyStart, HierarchyFrame, HierarchyFailure)


def run(request: HierarchyRequest, context: Context) -> Iterator[Frame]:
    """Train all variants: a start frame, then pictures of them, and empty frames in between."""
    training = Training(request, load(request.data), context.resume)
    yield from pictures(
        training,
        request.steps,
        lambda step: is_recorded(step, request.every, first=0),
        context,
        start=lambda: _start(training),
    )


def _start(training: Training) -> HierarchyStart:
    shapes, data = training.config.latent_shapes(), training.data
    return HierarchyStart(
        done=0.0,
        sides=np.array([side for _, side, _ in shapes]),
        dimensions=data.train[0].numel(),
        parameters=sum(parameter.numel() for parameter in training.members[0].model.parameters()),
        originals=to_images(data.test[:SHOWN]),
    )
