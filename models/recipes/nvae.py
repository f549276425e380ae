"""Train an NVAE, or the plain VAE of as many parameters that it is measured against.

    python -m models.recipes.nvae nvae-avatars32 --data DIR [--plain] [--export]

DIR holds images. Adamax with a cosine, the KL warmed up over 30 % of the steps and balanced meanwhile, spectral
regularisation 0.01 (in nats a picture, every fourth step times four), an average of the weights (0.999) that is what
ships; then the BatchNorm statistics are taken again for it. The plain VAE has latents at the top only, and cells of
the same kinds, as wide as it takes to have as many parameters. With --export nothing is trained: what the training's
state holds by now is written to the zoo.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from models.losses.kl_balance import group_sizes, warm_up, weighted_kl
from models.losses.spectral import SpectralRegularizer
from models.nets.nvae import NVAE, NVAEConfig
from models.recipes.nvae_shipping import ship_nvae, trained_model
from models.recipes.picture_sets import read_pictures
from models.recipes.shipping import ZOO
from models.recipes.training import Batch, Schedule, options_parser, state_folder, train

SEED = 2023
AVERAGE = 0.999
CLIP = 20.0  # the gradient is mostly 5 to 20 long
SPECTRAL, SPECTRAL_EVERY = 0.01, 4


@dataclass(frozen=True)
class Recipe:
    """What is trained on what, and for how long."""

    pictures: str
    config: NVAEConfig
    steps: int
    batch: int = 32
    peak: float = 6e-3
    balance: float = 2.0  # power of a scale's side in the balance of the groups' KLs


RECIPES = {
    "nvae-avatars64": Recipe(
        "avatars64",
        NVAEConfig(side=64, widths=(16, 32, 64, 96, 128), groups=(0, 0, 3, 5, 3), kernel=3, likelihood="logistic"),
        steps=60_000,
    ),
    "nvae-avatars32": Recipe(
        "avatars32",
        NVAEConfig(side=32, widths=(24, 48, 96, 128, 128), groups=(0, 1, 4, 3, 2), kernel=3, likelihood="logistic"),
        steps=9_000,
    ),
    "nvae-pixelart16": Recipe(
        "pixelart16",
        NVAEConfig(side=16, widths=(32, 64, 96), groups=(0, 3, 3), kernel=3),
        steps=6_000,
    ),
    "nvae-fashion28": Recipe(
        "fashion28",
        NVAEConfig(channels=1, side=28, padding=2, widths=(16, 32, 64, 96), groups=(0, 1, 3, 2), kernel=3),
        steps=6_000,
    ),
}


def plain(config: NVAEConfig) -> NVAEConfig:
    """The VAE with one group of latents, at the top, which is as wide as it takes to have as many parameters."""
    groups = tuple([0] * (len(config.groups) - 1) + [1])
    wanted = parameters(config)
    candidates = (
        replace(config, widths=(*config.widths[:-1], top), groups=groups, latent_channels=4 * config.latent_channels)
        for top in range(32, 640, 8)
    )
    return min(candidates, key=lambda candidate: abs(parameters(candidate) - wanted))


def parameters(config: NVAEConfig) -> int:
    """The number of parameters of a net of this shape."""
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in NVAE(config).parameters())


class Objective:
    """Bits per dimension of a batch (pictures uint8 (B, C, H, W), its step): reconstruction, KL and regularisation."""

    def __init__(self, model: NVAE, steps: int, balance: float, seed: int) -> None:
        self.sizes = group_sizes(model.config.scale_of_groups(), balance)
        self.dimensions = model.config.channels * model.config.side**2
        self.steps = steps
        self.regularizer = SpectralRegularizer(model, seed)

    def __call__(self, model: nn.Module, batch: Batch) -> Tensor:
        """The loss; its noise depends on the step alone."""
        pictures, step = batch[0].float() / 255, int(batch[1])
        pictures = pictures.to(memory_format=torch.channels_last)
        encoding = model(pictures, torch.Generator().manual_seed(step))
        kl = torch.stack([group.sum((1, 2, 3)) for group in encoding.kl], 1)  # (B, G)
        nats = weighted_kl(kl, warm_up(step, self.steps), self.sizes)
        nats = nats - encoding.pixels.log_likelihood(pictures).sum((1, 2)).mean()
        if step % SPECTRAL_EVERY == 0:
            with torch.autocast("cpu", enabled=False):
                nats = nats + SPECTRAL * SPECTRAL_EVERY * self.regularizer()
        bits: Tensor = nats / (self.dimensions * math.log(2))
        return bits


def batches_of(pictures: Tensor, batch: int, seed: int, epoch: int) -> Iterator[Batch]:
    """One epoch in the order of its seed, with the number of each step."""
    order = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(seed * 1000 + epoch))
    count = len(pictures) // batch
    for place in range(count):
        yield pictures[order[place * batch : (place + 1) * batch]], torch.tensor(epoch * count + place)


def adamax(groups: list[dict[str, Any]], rate: float) -> torch.optim.Optimizer:
    """The paper's optimiser; without its weight decay, and eps as small as a loss in bits needs."""
    return torch.optim.Adamax(groups, lr=rate, foreach=True)


def train_model(name: str, recipe: Recipe, pictures: Tensor, seed: int) -> None:
    """Train to the end; the state keeps the averaged model."""
    torch.manual_seed(seed)
    model = NVAE(recipe.config).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    train(
        model,
        lambda epoch: batches_of(pictures, recipe.batch, seed, epoch),
        Objective(model, recipe.steps, recipe.balance, seed),
        Schedule(recipe.steps, recipe.peak, warm_up=300, clip=CLIP),
        state_folder(name),
        average=AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(AVERAGE), use_buffers=True),  # type: ignore[no-untyped-call]
        optimizer_of=adamax,
    )


def plain_of(name: str) -> tuple[str, Recipe]:
    """The name and recipe of the VAE that an NVAE is measured against."""
    recipe = RECIPES[name]
    return f"plain-{name}", replace(recipe, config=plain(recipe.config))


def main() -> None:
    """Train, unless told not to, and write the zoo folder of an NVAE."""
    parser = options_parser(__doc__, "folder that holds images", SEED)
    parser.add_argument("id", choices=RECIPES)
    parser.add_argument("--plain", action="store_true", help="the VAE of as many parameters, kept out of the zoo")
    parser.add_argument("--export", action="store_true", help="write the zoo folder from the state, without training")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    name, recipe = plain_of(options.id) if options.plain else (options.id, RECIPES[options.id])
    pictures = read_pictures(options.data, recipe.pictures).train
    if not options.export:
        train_model(name, recipe, pictures, options.seed)
    if not options.plain:
        trained = trained_model(name, recipe.config, pictures)
        ship_nvae(ZOO / name, trained, options.seed, recipe.batch, recipe.steps)


if __name__ == "__main__":
    main()
