"""One autoencoder and five treatments of its code, so that a comparison compares nothing else.

- ae: none;
- aebn: BatchNorm without scale and shift on the code, which fixes two moments of every coordinate;
- eae: the same, and the code's entropy is raised until it is near N(0, I) [1];
- vae: a normal about each code, and its KL to N(0, I) [2];
- wae: none, but the codes' discrepancy to N(0, I) is lowered (WAE-MMD) [3].

Samples come from N(0, I), and from a mixture of Gaussians fitted to the codes. A plain autoencoder's codes have no
scale of their own: N(0, I) then means noise with the mean and deviation, coordinate by coordinate, of its codes.

1. Ghose, Rashwan and Poupart 2020, arXiv 2002.10631. 2. Kingma and Welling 2014, arXiv 1312.6114.
3. Tolstikhin et al. 2018, arXiv 1711.01558.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from huggingface_hub import PyTorchModelHubMixin
from torch import Generator, Tensor, nn

from models.losses.knn_entropy import knn_entropy
from models.losses.mmd import mmd
from models.nets.autoencoder_bodies import conv_bodies, mlp_bodies
from models.nets.gaussian_mixture import GaussianMixture
from models.nets.simsiam import Linear, initialise

Treatment = Literal["ae", "aebn", "eae", "vae", "wae"]
TREATMENTS: tuple[Treatment, ...] = ("ae", "aebn", "eae", "vae", "wae")


@dataclass(frozen=True)
class AutoencoderConfig:
    """Treatment and shape: pictures (channels, side, side); numbers a code has; widths of the body's layers.

    A conv body halves the side with every layer, so the side must be a multiple of 2 to the number of its widths.
    """

    treatment: Treatment = "eae"
    body: Literal["conv", "mlp"] = "mlp"
    channels: int = 1
    side: int = 8
    latents: int = 8
    widths: tuple[int, ...] = (256, 256)
    components: int = 10
    model_type: str = "whybox-autoencoder"


@dataclass(frozen=True)
class Settings:
    """What the treatments' terms weigh beside the squared error a picture; k of the neighbours' entropy."""

    entropy_weight: float = 0.2
    neighbours: int = 1
    kl_weight: float = 0.1
    mmd_weight: float = 5.0


@dataclass(frozen=True)
class Passage:
    """What a batch became: codes (B, d), log variances about them (B, d; of a vae only), pictures in [0, 1]."""

    codes: Tensor
    log_variances: Tensor | None
    reconstructions: Tensor


class Autoencoder(
    nn.Module,
    PyTorchModelHubMixin,
    license="apache-2.0",
    tags=["autoencoder", "image-generation"],
):
    """Encoder, code and decoder; the first weights depend on seed and shape alone, not on the treatment."""

    code_mean: Tensor
    code_deviation: Tensor

    def __init__(self, config: AutoencoderConfig | Mapping[str, Any], seed: int = 0) -> None:
        super().__init__()
        config = config if isinstance(config, AutoencoderConfig) else _from_json(config)
        self.config = config
        bodies = conv_bodies if config.body == "conv" else mlp_bodies
        self.encoder, features, self.decoder = bodies(config.channels, config.side, config.latents, config.widths)
        self.code = Linear(features, config.latents)
        self.log_variance = Linear(features, config.latents) if config.treatment == "vae" else None
        has_norm = config.treatment in ("aebn", "eae")
        self.norm = nn.BatchNorm1d(config.latents, affine=False) if has_norm else nn.Identity()
        self.mixture = GaussianMixture(config.components, config.latents)
        self.register_buffer("code_mean", torch.zeros(config.latents))
        self.register_buffer("code_deviation", torch.ones(config.latents))
        for number, part in enumerate((self.encoder, self.code, self.decoder, self.log_variance)):
            initialise(part.modules() if part else (), torch.Generator().manual_seed(4 * seed + number))

    def forward(self, pictures: Tensor, generator: Generator | None = None) -> Passage:
        """Pictures (B, C, side, side) there and back; a vae decodes draws about the codes, given a generator."""
        features = self.encoder(pictures)
        codes = self.norm(self.code(features).float())
        if self.log_variance is None:
            return Passage(codes, None, self.decode(codes))
        log_variances = self.log_variance(features).float()
        drawn = codes
        if generator is not None:
            noise = torch.randn(codes.shape, generator=generator).to(codes)
            drawn = codes + (log_variances / 2).exp() * noise
        return Passage(codes, log_variances, self.decode(drawn))

    def encode(self, pictures: Tensor) -> Tensor:
        """The pictures' codes (B, d); of a vae their means."""
        codes: Tensor = self.norm(self.code(self.encoder(pictures)).float())
        return codes

    def decode(self, codes: Tensor) -> Tensor:
        """The pictures (B, C, side, side) in [0, 1] of codes (B, d)."""
        return torch.sigmoid(self.decoder(codes).float())

    def reconstruct(self, pictures: Tensor) -> Tensor:
        """What the pictures become on their way through their codes."""
        return self.decode(self.encode(pictures))

    def standardised(self, codes: Tensor) -> Tensor:
        """Codes as they compare with N(0, I): of an ae less their mean, over their deviation; others as they are."""
        return (codes - self.code_mean) / self.code_deviation

    def draw(self, pictures: int, seed: int) -> Tensor:
        """Standard normal noise (pictures, d); row i is the same however many are asked for."""
        rows = (torch.Generator().manual_seed(seed * 1_000_003 + picture) for picture in range(pictures))
        return torch.stack([torch.randn(self.config.latents, generator=row) for row in rows])

    def sample(self, pictures: int, temperature: float = 1.0, seed: int = 0) -> Tensor:
        """Pictures of noise from N(0, I), times the temperature."""
        noise = temperature * self.draw(pictures, seed).to(self.code_mean)
        return self.decode(self.code_mean + self.code_deviation * noise)

    def sample_mixture(self, pictures: int, seed: int = 0) -> Tensor:
        """Pictures of codes from the mixture."""
        return self.decode(self.mixture.draw(pictures, torch.Generator().manual_seed(seed)))

    @torch.no_grad()
    def fit_samplers(self, codes: Tensor, seed: int = 0) -> None:
        """Fit what is sampled from to the training pictures' codes (n, d): the mixture, and an ae's two moments."""
        self.mixture.fit(codes, seed)
        if self.config.treatment == "ae":
            self.code_mean.copy_(codes.mean(0))
            self.code_deviation.copy_(codes.std(0))


def objective(model: Autoencoder, pictures: Tensor, generator: Generator, settings: Settings) -> Tensor:
    """The loss of a batch (B, C, side, side): squared error a picture, plus what the treatment adds."""
    passage = model(pictures, generator)
    loss = squared_error(passage.reconstructions, pictures)
    if model.config.treatment == "eae":
        loss = loss - settings.entropy_weight * knn_entropy(passage.codes, settings.neighbours)
    elif passage.log_variances is not None:
        loss = loss + settings.kl_weight * kl_to_standard_normal(passage.codes, passage.log_variances)
    elif model.config.treatment == "wae":
        prior = torch.randn(passage.codes.shape, generator=generator).to(passage.codes)
        loss = loss + settings.mmd_weight * mmd(passage.codes, prior)
    return loss


def squared_error(reconstructions: Tensor, pictures: Tensor) -> Tensor:
    """Summed over a picture's numbers, and the mean over the pictures (B, C, H, W)."""
    return (reconstructions - pictures).square().sum((1, 2, 3)).mean()


def kl_to_standard_normal(means: Tensor, log_variances: Tensor) -> Tensor:
    """KL in nats of normals with these means and log variances (B, d) to N(0, I), the mean over the batch."""
    return 0.5 * (means.square() + log_variances.exp() - 1 - log_variances).sum(1).mean()


def _from_json(fields: Mapping[str, Any]) -> AutoencoderConfig:
    """The shape as a checkpoint's config.json tells it."""
    return AutoencoderConfig(**{**fields, "widths": tuple(fields["widths"])})
