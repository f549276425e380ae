"""Random networks that rebuild pictures within milliseconds, under the ids of shipped ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn

from models.nets.autoencoder import Autoencoder, AutoencoderConfig
from models.nets.nvae import NVAE, NVAEConfig
from playground.runtime.errors import ModelUnavailable

SMALL: dict[str, Any] = {"widths": (4, 4, 4), "groups": (0, 1, 2), "latent_channels": 2, "expansion": 2, "mixtures": 2}
SHAPES: dict[str, dict[str, Any]] = {
    "avatars32": {"side": 32},
    "pixelart16": {"side": 16},
    "fashion28": {"channels": 1, "side": 28, "padding": 2},
}


def tiny_networks() -> dict[str, nn.Module]:
    """An NVAE for each picture set and two autoencoders of pixel art."""
    torch.manual_seed(0)
    made: dict[str, nn.Module] = {
        f"zoo/nvae-{name}": NVAE(NVAEConfig(**SMALL, **shape)).eval() for name, shape in SHAPES.items()
    }
    for treatment in ("ae", "vae"):
        config = AutoencoderConfig(treatment, "conv", channels=3, side=16, latents=4, widths=(4, 8), components=2)
        made[f"zoo/{treatment}-pixelart16"] = Autoencoder(config).eval()
    return made


class Lender:
    """Lends these networks, counts how often it was asked, and knows no others."""

    def __init__(self, networks: Mapping[str, nn.Module]) -> None:
        self.networks, self.leases = networks, 0

    @contextmanager
    def lease(
        self, id: str, *, device: str | None = None, cancelled: Callable[[], bool] | None = None
    ) -> Iterator[SimpleNamespace]:
        """The network, on the processor."""
        self.leases += 1
        if id not in self.networks:
            raise ModelUnavailable("{model} is unknown.", model=id)
        yield SimpleNamespace(model=self.networks[id], device="cpu", note=None)

    def fingerprint(self, id: str) -> str:
        """Made up."""
        return f"weights of {id}"
