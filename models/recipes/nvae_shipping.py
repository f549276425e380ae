"""From the state of an NVAE's training, finished or not, to its folder of the zoo.

What ships is the average of the weights, or the last ones where these are better (which they are until the rate of
learning has come down), with the BatchNorm statistics taken again for it, and beside it the statistics re-adjusted for
sampling at every temperature.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from models.losses.evidence import bits_per_dimension
from models.nets.nvae import NVAE, NVAEConfig
from models.nets.readjustment import FILE, readjust_all, save_readjusted
from models.recipes.picture_sets import at_random, in_unit_range
from models.recipes.shipping import ship_network
from models.recipes.training import machine, state_folder

Weights = Literal["average", "last"]

BATCHES, BATCH = 50, 32  # training pictures that the statistics are taken on
COMPARED = 200  # training pictures that the better weights are chosen by


@dataclass(frozen=True)
class Trained:
    """A model, which of a training's weights it has, the steps that they took and their core-minutes."""

    model: NVAE
    weights: Weights
    steps: int
    core_minutes: float


def trained_model(name: str, config: NVAEConfig, pictures: Tensor) -> Trained:
    """The better of a training's two models by bits per dimension on some of its pictures (N, C, H, W) uint8.

    Raises:
        FileNotFoundError: that training has left no state yet.
    """
    state = torch.load(state_folder(name) / "state.pt", weights_only=True)
    prefix = "module."
    average = {key.removeprefix(prefix): value for key, value in state["average"].items() if key.startswith(prefix)}
    of: dict[Weights, dict[str, Tensor]] = {"average": average, "last": state["model"]}
    models = {weights: with_weights(config, values, pictures) for weights, values in of.items()}
    weights = min(models, key=lambda weights: bits_of(models[weights], at_random(pictures, COMPARED)))
    return Trained(models[weights], weights, int(state["step"]), float(state["core_seconds"]) / 60)


def with_weights(config: NVAEConfig, weights: dict[str, Tensor], pictures: Tensor) -> NVAE:
    """A model of these weights, its BatchNorm statistics taken on pictures."""
    model = NVAE(config)
    model.load_state_dict(weights)
    model.requires_grad_(False).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    take_statistics(model, pictures)
    return model


@torch.inference_mode()
def bits_of(model: NVAE, pictures: Tensor, seed: int = 0) -> float:
    """Mean bits per dimension of pictures (N, C, H, W) uint8, their latents drawn once."""
    generator, found = torch.Generator().manual_seed(seed), []
    for chunk in in_unit_range(pictures):
        encoding = model(chunk, generator)
        found.append(bits_per_dimension(encoding.kl, encoding.pixels, chunk))
    return torch.cat(found).mean().item()


@torch.inference_mode()
def take_statistics(model: NVAE, pictures: Tensor, batches: int = BATCHES, seed: int = 0) -> None:
    """Set every BatchNorm to its mean statistics over batches of pictures, whose latents are drawn; then eval mode."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None  # the mean over all batches
    generator = torch.Generator().manual_seed(seed)
    model.train()
    for _ in range(batches):
        rows = torch.randint(len(pictures), (BATCH,), generator=generator)
        model(pictures[rows].float() / 255, generator)
    model.eval()


def ship_nvae(folder: Path, trained: Trained, seed: int, batch: int, planned: int) -> None:
    """Write weights, re-adjusted statistics, config.json and training.json; `planned` steps were to be taken."""
    training = {
        "seed": seed,
        "steps": trained.steps,
        "planned_steps": planned,
        "weights": trained.weights,
        "batch": batch,
        "core_minutes": round(trained.core_minutes, 1),
        "machine": machine(),
    }
    (folder / FILE).unlink(missing_ok=True)  # statistics of other weights
    ship_network(folder, trained.model, trained.model.config, training)
    save_readjusted(readjust_all(shipped_nvae(folder)), folder)


def shipped_nvae(folder: Path) -> NVAE:
    """The model of a zoo folder, ready to draw from."""
    model: NVAE = NVAE.from_pretrained(folder)
    return model.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]
