"""Small trainings for the tests of the panel: few digits, features that are pixels, a context that keeps a State."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np

from playground.runtime.contracts import Frame
from playground.tabs.sampling.autoencoders import engine
from playground.tabs.sampling.autoencoders.request import AutoencodersRequest
from playground.tabs.sampling.autoencoders.training import Training
from playground.tabs.sampling.autoencoders.view import View, fold
from playground.tabs.sampling.data import PictureData, load


class Pixels:
    """Some of a picture's pixels for features."""

    def features(self, pictures):
        return pictures.flatten(1)[:, 2:62:12]


class Quiet:
    """A context that cancels after so many looks, if at all, and keeps the State."""

    def __init__(self, resume=None, looks=10**9):
        self.resume, self.looks, self.saved = resume, looks, None

    @property
    def cancelled(self):
        self.looks -= 1
        return self.looks < 0

    @contextmanager
    def lease(self, model: str) -> Iterator[Any]:
        assert model.startswith("zoo/features-")
        yield SimpleNamespace(model=Pixels(), device="cpu")

    def save(self, state):
        self.saved = state


def few_digits(train: int = 96, test: int = 40) -> PictureData:
    digits = load("digits")
    return PictureData(digits.train[:train], digits.test[:test], digits.test_labels[:test], digits.classes)


def asked(*treatments: str, **fields: Any) -> AutoencodersRequest:
    return AutoencodersRequest.model_validate(
        {"treatments": treatments or ("ae", "eae"), "batch": 16, "latents": 4, "every": 10} | fields
    )


def trained(request: AutoencodersRequest, steps: int) -> Training:
    training = Training(request, few_digits(), Pixels())
    for _ in range(steps):
        assert training.advance(), training.failure
    return training


def pictures(request: AutoencodersRequest, context: Quiet | None = None) -> list[Frame]:
    """All frames but the signs of life."""
    return [frame for frame in engine.run(request, context or Quiet()) if type(frame) is not Frame]


def view_of(request: AutoencodersRequest) -> View:
    view = View()
    for frame in pictures(request):
        fold(view, frame)
    return view


def equal(one: Frame, other: Frame) -> bool:
    """Whether two frames are the same, bit for bit."""
    pairs = zip(vars(one).values(), vars(other).values(), strict=True)
    same = [
        np.array_equal(a, b, equal_nan=a.dtype.kind == "f") if isinstance(a, np.ndarray) else a == b for a, b in pairs
    ]
    return type(one) is type(other) and all(same)
