"""Tiny random models and a context that lends them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from models.nets.autoencoder import Autoencoder, AutoencoderConfig
from models.nets.nvae import NVAE, NVAEConfig
from playground.runtime.errors import ModelUnavailable
from playground.tabs.sampling.reconstruct import engine
from playground.tabs.sampling.reconstruct.request import ReconstructRequest
from playground.tabs.sampling.reconstruct.view import fold

SMALL: dict[str, Any] = {"widths": (4, 4, 4), "groups": (0, 1, 2), "latent_channels": 2, "expansion": 2, "mixtures": 2}
SHAPES: dict[str, dict[str, Any]] = {
    "avatars32": {"side": 32},
    "pixelart16": {"side": 16},
    "fashion28": {"channels": 1, "side": 28},
}


@pytest.fixture(scope="session")
def networks() -> dict[str, nn.Module]:
    """An NVAE for each set and two autoencoders of pixel art; the others are missing."""
    torch.manual_seed(0)
    made: dict[str, nn.Module] = {}
    for name, shape in SHAPES.items():
        padding = {"padding": 2} if name == "fashion28" else {}
        made[f"zoo/nvae-{name}"] = NVAE(NVAEConfig(**SMALL, **shape, **padding)).eval()
    for treatment in ("ae", "vae"):
        config = AutoencoderConfig(treatment, "conv", channels=3, side=16, latents=4, widths=(4, 8), components=2)
        made[f"zoo/{treatment}-pixelart16"] = Autoencoder(config).eval()
    return made


class Lender:
    """A context with these models and files, which counts its leases and is cancelled after so many of them."""

    def __init__(self, networks: Mapping[str, nn.Module], until: int = 10**9, **files: bytes) -> None:
        self._networks, self._until, self._files = networks, until, files
        self.leases = 0

    @property
    def cancelled(self) -> bool:
        return self.leases >= self._until

    def attachment(self, name: str) -> bytes:
        return self._files[name]

    @contextmanager
    def lease(self, model: str) -> Iterator[Any]:
        self.leases += 1
        if model not in self._networks:
            raise ModelUnavailable("{model} is unknown.", model=model)
        yield SimpleNamespace(model=self._networks[model])


@pytest.fixture
def frames_of(networks):
    """The frames of a request with these fields."""

    def frames(until=10**9, files=(), **fields):
        return list(engine.run(ReconstructRequest(**fields), Lender(networks, until, **dict(files))))

    return frames


@pytest.fixture
def view_of(frames_of):
    """The finished view of a request with these fields."""

    def view(**fields):
        seen = None
        for frame in frames_of(**fields):
            seen = fold(seen, frame)
        return seen

    return view
