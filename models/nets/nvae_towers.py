"""The two towers of an NVAE, bottom-up and top-down, with the maps between features and latents."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.losses.normals import Normal
from models.nets.residual_cells import DecoderCell, EncoderCell

if TYPE_CHECKING:
    from models.nets.nvae import NVAEConfig

Choose = Callable[[int, Tensor, Normal], Tensor]


class BottomUp(nn.Module):
    """From the picture up: residual cells, one place to read at for every group."""

    def __init__(self, channels: int, widths: tuple[int, ...], groups: tuple[int, ...], cells: int) -> None:
        super().__init__()
        self.stem = nn.Conv2d(channels, widths[0], 3, padding=1)
        self.levels = nn.ModuleList()
        self.reads: list[bool] = []  # whether a group reads behind a cell
        before = widths[0]
        for level, (width, count) in enumerate(zip(widths, groups, strict=True)):
            if level:
                self._add(EncoderCell(before, width, 2), False)
            for place in range(max(count, 1) * cells):
                self._add(EncoderCell(width, width), count > 0 and (place + 1) % cells == 0)
            before = width

    def forward(self, values: Tensor) -> list[Tensor]:
        """Pictures (B, C, H, W) in [-1, 1] to the features of every group, from the top."""
        features, read = self.stem(values), []
        for cell, reads in zip(self.levels, self.reads, strict=True):
            features = cell(features)
            if reads:
                read.append(features)
        return read[::-1]

    def _add(self, cell: EncoderCell, reads: bool) -> None:
        self.levels.append(cell)
        self.reads.append(reads)


class PosteriorHead(nn.Module):
    """Joins what both towers know of a group and gives the posterior's raw mean and deviation over the prior's."""

    def __init__(self, width: int, latents: int, is_top: bool) -> None:
        super().__init__()
        self.join = nn.Conv2d(width, width, 1)
        self.is_top = is_top
        self.parameters_of = nn.Conv2d(width, 2 * latents, 3, padding=1)

    def forward(self, below: Tensor, above: Tensor) -> Tensor:
        """Bottom-up and top-down features (B, C, H, W) to (B, 2 latents, H, W)."""
        joined = functional.elu(self.join(functional.elu(below))) if self.is_top else below + self.join(above)
        out: Tensor = self.parameters_of(joined)
        return out


class Join(nn.Conv2d):
    """Takes the values of a group's latents into the features, by a 1x1 convolution of both."""

    def __init__(self, width: int, latents: int) -> None:
        super().__init__(width + latents, width, 1)

    def forward(self, features: Tensor, latents: Tensor) -> Tensor:  # type: ignore[override]
        """(B, width, H, W) and (B, latents, H, W) to (B, width, H, W)."""
        return super().forward(torch.cat([features, latents], 1))


class TopDown(nn.Module):
    """From the learned constant down; asks at every group which latents to take."""

    def __init__(self, shape: NVAEConfig) -> None:
        super().__init__()
        self.latents = shape.latent_channels
        levels = list(zip(shape.widths, shape.groups, strict=True))[::-1]
        side = (shape.side + 2 * shape.padding) >> (len(levels) - 1)
        self.start = nn.Parameter(torch.rand(levels[0][0], side, side))
        self.ups, self.cells = nn.ModuleList(), nn.ModuleList()
        self.priors, self.posteriors, self.joins = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        self.counts = [count for _, count in levels]
        before = levels[0][0]
        for level, (width, count) in enumerate(levels):
            up = DecoderCell(before, width, shape.expansion, shape.kernel, up=True) if level else nn.Identity()
            self.ups.append(up)
            for _ in range(max(count, 1)):
                cells = (DecoderCell(width, width, shape.expansion, shape.kernel) for _ in range(shape.cells))
                is_top = not self.posteriors and count > 0
                self.cells.append(nn.Sequential() if is_top else nn.Sequential(*cells))
                if count:
                    self.priors.append(nn.Identity() if is_top else nn.Conv2d(width, 2 * self.latents, 1))
                    self.posteriors.append(PosteriorHead(width, self.latents, is_top))
                    self.joins.append(Join(width, self.latents))
            before = width
        self.output = nn.Conv2d(before, shape.outputs, 3, padding=1)

    def forward(self, batch: int, choose: Choose) -> Tensor:
        """The decoder's output (B, outputs, H, W); `choose` gives each group's latents, given features and prior."""
        features = self.start.expand(batch, -1, -1, -1)
        group = place = 0
        for up, count in zip(self.ups, self.counts, strict=True):
            features = up(features)
            for _ in range(max(count, 1)):
                features = self.cells[place](features)
                place += 1
                if count:
                    latents = choose(group, features, self._prior(group, features))
                    features = self.joins[group](features, latents.to(features))
                    group += 1
        output: Tensor = self.output(functional.elu(features))
        return output

    def _prior(self, group: int, features: Tensor) -> Normal:
        if group == 0:  # standard normal but for the least deviation that is added to all
            zeros = features.new_zeros((len(features), self.latents, *features.shape[2:]), dtype=torch.float32)
            return Normal(zeros, zeros)
        mean, log_deviation = self.priors[group](functional.elu(features)).float().chunk(2, 1)
        return Normal(mean, log_deviation)
