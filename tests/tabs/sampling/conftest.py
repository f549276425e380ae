from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from models.nets.nvae import NVAE, NVAEConfig
from models.nets.readjustment import readjust_all
from playground.tabs.sampling import engine
from playground.tabs.sampling.request import SamplingRequest
from playground.tabs.sampling.view import View, fold
from tests.tiny_picture_models import SHAPES, SMALL, Lender


def tiny(name: str) -> NVAE:
    """A random NVAE of three groups on two scales."""
    torch.manual_seed(0)
    model = NVAE(NVAEConfig(**SMALL, **SHAPES[name])).eval().requires_grad_(False)
    model.readjusted = readjust_all(model, (0.5, 1.0), rounds=2)
    return model


@pytest.fixture(scope="session")
def hierarchy() -> NVAE:
    """The tiny NVAE of 32×32 pictures, with two attributes."""
    model = tiny("avatars32")
    first, second, third = (torch.randn(shape) for shape in model.config.latent_shapes())
    model.directions = {"glasses": [first, None, third], "red hair": [None, second, None]}
    return model


@pytest.fixture(scope="session")
def networks(hierarchy: NVAE) -> dict[str, NVAE]:
    """Tiny NVAEs under the ids of the shipped ones."""
    return {"zoo/nvae-avatars32": hierarchy, "zoo/nvae-fashion28": tiny("fashion28")}


@pytest.fixture(scope="session")
def frames_of(networks: dict[str, NVAE]) -> Callable[..., list[Any]]:
    """All frames of a run; cancelled once it has given `until` of them."""

    def run(until: int | None = None, **fields: Any) -> list[Any]:
        context, frames = SimpleNamespace(cancelled=False, lease=Lender(networks).lease), []
        for frame in engine.run(SamplingRequest(**fields), context):
            frames.append(frame)
            context.cancelled = len(frames) == until
        return frames

    return run


@pytest.fixture(scope="session")
def view_of(frames_of: Callable[..., list[Any]]) -> Callable[..., View]:
    """The view of a finished run, or of its first `until` frames."""

    def run(until: int | None = None, **fields: Any) -> View:
        view = View()
        for frame in frames_of(**fields)[:until]:
            if type(frame).__name__ != "Frame":
                view = fold(view, frame)
        return view

    return run
