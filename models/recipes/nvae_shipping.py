"""From the state of an NVAE's training, finished or not, to its folder of the zoo.

What ships is the average of the weights, with the BatchNorm statistics taken again for it, and beside it the
statistics re-adjusted for sampling at every temperature.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from models.nets.nvae import NVAE, NVAEConfig
from models.nets.readjustment import readjust_all, save_readjusted
from models.recipes.shipping import ship_network
from models.recipes.training import machine, state_folder

BATCHES, BATCH = 100, 32  # training pictures that the statistics are taken on


@dataclass(frozen=True)
class Trained:
    """An averaged model, the steps that it took and their core-minutes."""

    model: NVAE
    steps: int
    core_minutes: float


def averaged_model(name: str, config: NVAEConfig, pictures: Tensor) -> Trained:
    """The average of the weights in a training's state, its BatchNorm statistics taken on pictures (N, C, H, W) uint8.

    Raises:
        FileNotFoundError: that training has left no state yet.
    """
    state = torch.load(state_folder(name) / "state.pt", weights_only=True)
    prefix = "module."
    weights = {key.removeprefix(prefix): value for key, value in state["average"].items() if key.startswith(prefix)}
    model = NVAE(config)
    model.load_state_dict(weights)
    model.requires_grad_(False).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    take_statistics(model, pictures)
    return Trained(model, int(state["step"]), float(state["core_seconds"]) / 60)


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
        "batch": batch,
        "core_minutes": round(trained.core_minutes, 1),
        "machine": machine(),
    }
    ship_network(folder, trained.model, trained.model.config, training)
    save_readjusted(readjust_all(shipped_nvae(folder)), folder)


def shipped_nvae(folder: Path) -> NVAE:
    """The model of a zoo folder, ready to draw from."""
    model: NVAE = NVAE.from_pretrained(folder)
    return model.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]
