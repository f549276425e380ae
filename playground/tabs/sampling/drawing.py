"""From noise to bytes: one way to draw, as a variant says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Generator, Tensor

from models.nets.folded_nvae import fold
from models.nets.nvae import NVAE
from models.nets.readjustment import statistics_at
from playground.tabs.sampling.frames import Images
from playground.tabs.sampling.noises import Noise, joined
from playground.tabs.sampling.sections import Variant

BATCH = 16  # pictures that are drawn at once


class Drawing:
    """A model set to draw as a variant says; the leased one stays as it is."""

    def __init__(self, model: NVAE, variant: Variant, temperatures: Sequence[float], seed: int) -> None:
        readjusted = getattr(model, "readjusted", {}) if variant.readjusted else {}
        self._model = fold(model, statistics_at(readjusted, variant.temperature) if readjusted else None)
        self._variant, self._temperatures, self._seed = variant, temperatures, seed
        self.by_group = [temperatures[scale] for scale in model.config.scale_of_groups()]

    def __call__(self, noises: Sequence[Noise]) -> Images:
        """The pictures as bytes (N, H, W, C); values that are drawn depend on the seed and the place in the batch."""
        with torch.inference_mode():
            pixels = self._model.decode(joined(noises), self._temperatures)
            if self._variant.pixels == "sampled":
                pictures = pixels.sample(Generator().manual_seed(self._seed), self._variant.temperature)
            else:
                pictures = pixels.mean() if self._variant.pixels == "mean" else pixels.likeliest()
            return to_bytes(pictures)


def to_bytes(pictures: Tensor) -> Images:
    """Pictures (N, C, H, W) in [0, 1] as bytes (N, H, W, C)."""
    values: Images = (255 * pictures).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    return np.ascontiguousarray(values)


def from_bytes(images: Images) -> Tensor:
    """Bytes (N, H, W, C) as pictures (N, C, H, W) in [0, 1]."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
