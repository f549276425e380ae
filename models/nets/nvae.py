"""NVAE: a deep hierarchical variational autoencoder (Vahdat and Kautz 2020, arXiv 2007.03898).

Groups of latents stand at several resolutions. A bottom-up tower reads the picture; a top-down tower starts from a
learned constant and, group by group, says what the prior of the next latents is and takes their values in; the
posterior is relative to that prior. Written from the paper.

Every latent is kept as its noise, the number of prior deviations it lies off the prior's mean. Under the prior all
noise is standard normal, whatever the group: a picture *is* its noise, and keeping, mixing and interpolating groups
is arithmetic on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from huggingface_hub import PyTorchModelHubMixin
from torch import Generator, Tensor, nn
from torch.nn import functional

from models.losses.normals import Normal, kl_divergence
from models.losses.pixels import BernoulliPixels, Likelihood, LogisticMixture, Pixels, parameters_per_component
from models.nets.nvae_towers import BottomUp, TopDown

Temperature = float | Sequence[float]
MOST_CELLS = 256
FIRST_LOG_SCALE = -1.0  # of pixels in [-1, 1]


@dataclass(frozen=True)
class NVAEConfig:
    """Shape of an NVAE.

    picture (C, side); padding pixels added on every side; widths of the features at every resolution, the finest
    first, each half the side of the one before; groups of latents at every one of them; channels of a group;
    kernel and expansion of the decoder's cells; cells of each tower a group (and of a resolution without groups);
    model_type tells a loader what the checkpoint is.
    """

    channels: int = 3
    side: int = 32
    padding: int = 0
    widths: tuple[int, ...] = (32, 64, 128, 128)
    groups: tuple[int, ...] = (0, 3, 5, 3)
    latent_channels: int = 8
    cells: int = 1
    expansion: int = 3
    kernel: int = 5
    likelihood: Likelihood = "logistics"
    mixtures: int = 5
    model_type: str = "whybox-nvae"

    def __post_init__(self) -> None:
        """Refuse shapes that no network has.

        Raises:
            ValueError: in words.
        """
        sizes = (self.channels, self.side, self.latent_channels, self.cells, self.expansion, self.kernel, self.mixtures)
        if min(*sizes, *self.widths) < 1 or min(self.padding, *self.groups) < 0 or self.kernel % 2 == 0:
            raise ValueError("Sizes start at 1, padding and groups at 0, and a kernel has a middle.")
        if len(self.widths) != len(self.groups) or not any(self.groups):
            raise ValueError("Give every resolution a width and a number of groups, one of them above 0.")
        if (self.side + 2 * self.padding) % 2 ** (len(self.widths) - 1):
            raise ValueError("The side and its padding must halve evenly down to the top resolution.")
        if sum(self.groups) * self.cells > MOST_CELLS:
            raise ValueError(f"At most {MOST_CELLS} cells fit a tower.")

    @property
    def outputs(self) -> int:
        """Numbers a pixel that the decoder gives."""
        if self.likelihood == "logistics":
            return self.mixtures * parameters_per_component(self.channels)
        return self.channels

    def latent_shapes(self) -> list[tuple[int, int, int]]:
        """(C, H, W) of every group, from the top of the hierarchy."""
        sides = [(self.side + 2 * self.padding) >> level for level in range(len(self.widths))]
        by_level = zip(sides, self.groups, strict=True)
        return [(self.latent_channels, side, side) for side, groups in reversed(list(by_level)) for _ in range(groups)]

    def scale_of_groups(self) -> list[int]:
        """For every group, from the top, the number of its scale, from the top."""
        counts = [groups for groups in reversed(self.groups) if groups]
        return [scale for scale, count in enumerate(counts) for _ in range(count)]


def config_of(fields: Mapping[str, Any]) -> NVAEConfig:
    """The shape as a checkpoint's config.json tells it."""
    shape: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in fields.items()}
    return NVAEConfig(**shape)


@dataclass(frozen=True)
class Encoding:
    """What a picture became: per group the noise (B, C, H, W) of its latents and the KL (B, C, H, W) in nats.

    Also what it would be decoded to, and every group's prior and posterior.
    """

    noise: list[Tensor]
    kl: list[Tensor]
    pixels: Pixels
    priors: list[Normal]
    posteriors: list[Normal]


class NVAE(
    nn.Module,
    PyTorchModelHubMixin,
    license="apache-2.0",
    tags=["nvae", "image-generation"],
):
    """The towers and their likelihood; pictures are (B, C, side, side) in [0, 1]."""

    def __init__(self, config: NVAEConfig | Mapping[str, Any]) -> None:
        super().__init__()
        config = config if isinstance(config, NVAEConfig) else config_of(config)
        self.config = config
        self.bottom_up = BottomUp(config.channels, config.widths, config.groups, config.cells)
        self.top_down = TopDown(config)
        if config.likelihood == "logistic":
            self.log_scales = nn.Parameter(torch.full((config.channels,), FIRST_LOG_SCALE))
        self.readjusted: dict[str, Tensor] = {}  # BatchNorm statistics by temperature, see models.nets.readjustment

    def forward(self, pictures: Tensor, generator: Generator | None = None) -> Encoding:
        """The pictures' groups, their latents drawn from the posterior (its mean without a generator)."""
        noise: list[Tensor] = []
        divergences: list[Tensor] = []
        priors: list[Normal] = []
        posteriors: list[Normal] = []
        levels = self.bottom_up(2 * self._padded(pictures) - 1)

        def posterior(group: int, features: Tensor, prior: Normal) -> Tensor:
            relative = self.top_down.posteriors[group](levels[group], features)
            beside = prior.moved(*relative.float().chunk(2, 1))
            latents = beside.mean
            if generator is not None:
                latents = beside.at(torch.randn(latents.shape, generator=generator).to(latents))
            divergences.append(kl_divergence(beside, prior))
            noise.append(prior.noise_of(latents))
            priors.append(prior)
            posteriors.append(beside)
            return latents

        output = self.top_down(len(pictures), posterior)
        return Encoding(noise, divergences, self._pixels(output), priors, posteriors)

    def encode(self, pictures: Tensor) -> list[Tensor]:
        """The noise of every group at the mean of its posterior, (B, C, H, W) each, from the top."""
        encoding: Encoding = self(pictures)
        return encoding.noise

    def decode(self, noise: Sequence[Tensor], temperature: Temperature = 1.0) -> Pixels:
        """The pictures' distribution given the noise of every group, which the temperature multiplies.

        A sequence of temperatures is one for each scale, from the top.
        """
        factors = self._temperatures(temperature)

        def chosen(group: int, features: Tensor, prior: Normal) -> Tensor:
            return prior.at(noise[group].to(prior.raw_mean), factors[group])

        return self._pixels(self.top_down(len(noise[0]), chosen))

    def draw(self, pictures: int, seed: int) -> list[Tensor]:
        """Standard normal noise for so many pictures; picture i is the same however many are asked for."""
        rows = [torch.Generator().manual_seed(seed * 1_000_003 + picture) for picture in range(pictures)]
        shapes = self.config.latent_shapes()
        drawn = [[torch.randn(shape, generator=row) for shape in shapes] for row in rows]
        return [torch.stack(group) for group in zip(*drawn, strict=True)]

    def sample(self, pictures: int, temperature: Temperature = 1.0, seed: int = 0) -> Tensor:
        """Pictures from the prior, each the mean of its pixels' distribution."""
        return self.decode(self.draw(pictures, seed), temperature).mean()

    def reconstruct(self, pictures: Tensor) -> Tensor:
        """What the pictures become on their way through the means of the posteriors."""
        encoding: Encoding = self(pictures)
        return encoding.pixels.mean()

    def _temperatures(self, temperature: Temperature) -> list[float]:
        scales = self.config.scale_of_groups()
        if isinstance(temperature, int | float):
            return [float(temperature)] * len(scales)
        if len(temperature) != scales[-1] + 1:
            raise ValueError(f"Give one temperature, or {scales[-1] + 1}, one for each scale.")
        return [float(temperature[scale]) for scale in scales]

    def _padded(self, pictures: Tensor) -> Tensor:
        return functional.pad(pictures, [self.config.padding] * 4) if self.config.padding else pictures

    def _pixels(self, output: Tensor) -> Pixels:
        padding, side = self.config.padding, self.config.side
        output = output[:, :, padding : padding + side, padding : padding + side]
        if self.config.likelihood == "bernoulli":
            return BernoulliPixels(output.float())
        if self.config.likelihood == "logistic":
            return LogisticMixture.single(output.float(), self.log_scales)
        return LogisticMixture.of(output, self.config.channels)
