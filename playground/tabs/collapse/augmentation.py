"""Random views of images: crop and stretch, mirror, brightness, contrast, and noise on every pixel.

One gather does crop, stretch and mirror for the whole batch: each view reads its pixels at places of its own.
"""

from __future__ import annotations

import torch
from torch import Generator, Tensor

CROP = 0.4  # how much of a side a crop may leave out, at noise 1
MOST_CROP = 0.8
MIRROR = 0.5  # how often a view is mirrored, from noise 1 on
CONTRAST, BRIGHTNESS, GRAIN = 0.4, 0.4, 0.1  # in standard deviations of the pixels, at noise 1


def augmented(batch: Tensor, generator: Generator, noise: float) -> Tensor:
    """One random view of every image; batch and result (B, C, H, W), standardised pixels."""
    count, channels, height, width = batch.shape
    draw = torch.rand(count, 7, generator=generator, device=generator.device).to(batch.device)
    rows = _places(draw[:, 0], draw[:, 1], height, noise)  # (B, H)
    columns = _places(draw[:, 2], draw[:, 3], width, noise)  # (B, W)
    mirrored = draw[:, 4:5] < MIRROR * min(noise, 1.0)
    columns = torch.where(mirrored, width - 1 - columns, columns)
    places = (rows[:, :, None] * width + columns[:, None, :]).flatten(1)  # (B, H * W)
    view = batch.flatten(2).gather(2, places[:, None].expand(-1, channels, -1)).view_as(batch)
    contrast, brightness = (2 * draw[:, 5:, None, None, None] - 1).unbind(1)  # (B, 1, 1, 1) each, -1 to 1
    grain = torch.randn(batch.shape, generator=generator, device=generator.device).to(batch.device)
    return view * (1 + CONTRAST * noise * contrast) + noise * (BRIGHTNESS * brightness + GRAIN * grain)


def _places(size: Tensor, start: Tensor, length: int, noise: float) -> Tensor:
    """Which of `length` pixels each view reads along one side, (B, length), from two draws (B,) in [0, 1)."""
    share = 1 - min(CROP * noise, MOST_CROP) * size  # (B,) how much of the side the crop keeps
    first = (1 - share) * start * length
    middles = torch.arange(length, device=size.device) + 0.5
    return (first[:, None] + share[:, None] * middles).long().clamp_(0, length - 1)
