"""Small trainings for the tests of the panel: requests, random pictures, a context that keeps what is saved, views."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from playground.runtime.contracts import State
from playground.tabs.sampling.data import PictureData
from playground.tabs.sampling.hierarchy.frames import HierarchyFrame, HierarchyStart
from playground.tabs.sampling.hierarchy.request import HierarchyRequest
from playground.tabs.sampling.hierarchy.training import Training
from playground.tabs.sampling.hierarchy.view import View, fold


def asked(**fields: Any) -> HierarchyRequest:
    """A request for a small net."""
    return HierarchyRequest.model_validate({"groups": 2, "latent_channels": 2, "batch": 8} | fields)


def small_data(channels: int = 1) -> PictureData:
    """Random pictures."""
    draw = torch.Generator().manual_seed(9)
    side = 8 if channels == 1 else 16
    train, test = (torch.rand(count, channels, side, side, generator=draw) for count in (24, 12))
    return PictureData(train, test, np.zeros(12, np.int64), ("any",))


def trained(request: HierarchyRequest, steps: int) -> Training:
    """A training after some steps."""
    training = Training(request, small_data())
    for _ in range(steps):
        assert training.advance(), training.failure
    return training


def same(one: Any, other: Any) -> bool:
    """Whether two frames are equal, bit for bit."""
    return type(one) is type(other) and all(
        np.array_equal(value, vars(other)[name]) for name, value in vars(one).items()
    )


class Quiet:
    """A context that cancels after so many looks, if at all, and keeps the State."""

    def __init__(self, resume: State | None = None, looks: int = 10**9) -> None:
        self.resume, self.looks = resume, looks
        self.saved: State | None = None

    @property
    def cancelled(self) -> bool:
        """Whether it was asked often enough."""
        self.looks -= 1
        return self.looks < 0

    def save(self, state: State) -> None:
        """Keep it."""
        self.saved = state


def frame(step: int, kl: Any = (((0.0, 0.05), (3.0, 0.01)),), weight: float = 1.0, **fields: Any) -> HierarchyFrame:
    """A picture of as many variants as `kl` (V, G, C) has."""
    nats = np.array(kl, np.float32)
    variants = len(nats)
    values = {
        "reconstruction": np.full(variants, 20.0, np.float32),
        "weight": np.full(variants, weight, np.float32),
        "samples": np.zeros((variants, 4, 8, 8, 1), np.uint8),
        "reconstructions": np.zeros((variants, 2, 8, 8, 1), np.uint8),
    }
    return HierarchyFrame(done=0.0, step=step, kl=nats, **(values | fields))


def view_of(*frames: Any) -> View:
    """A run as it might have been recorded."""
    view = fold(None, HierarchyStart(0.0, np.array([4, 8]), 64, 1234, np.zeros((2, 8, 8, 1), np.uint8)))
    for each in frames:
        fold(view, each)
    return view
