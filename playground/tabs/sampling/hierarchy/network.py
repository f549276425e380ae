"""The tiny NVAE of the panel, with first weights that the seed alone decides."""

from __future__ import annotations

import torch
from torch import Generator, nn

from models.nets.nvae import NVAE, NVAEConfig

WIDTHS = (8, 16, 16)  # of the features at 16x16, 8x8 and 4x4
SIDE = 16


def config_of(groups: int, latent_channels: int, shape: tuple[int, int, int]) -> NVAEConfig:
    """The net for pictures (C, H, W): grey ones as Bernoulli pixels, coloured ones as mixtures of logistics."""
    channels, side, _ = shape
    return NVAEConfig(
        channels=channels,
        side=side,
        padding=(SIDE - side) // 2,
        widths=WIDTHS,
        groups=(0, groups // 2, groups - groups // 2),
        latent_channels=latent_channels,
        kernel=3,
        likelihood="bernoulli" if channels == 1 else "logistics",
        mixtures=3,
    )


def build(config: NVAEConfig, generator: Generator) -> NVAE:
    """The net with torch's usual first weights, drawn from `generator` instead of the global one."""
    with torch.device("meta"):
        model = NVAE(config)
    model.to_empty(device="cpu")
    with torch.no_grad():
        model.top_down.start.uniform_(0, 1, generator=generator)
        for module in model.modules():
            _draw(module, generator)
    return model


def _draw(module: nn.Module, generator: Generator) -> None:
    """Uniform weights and biases within 1 / sqrt(inputs); BatchNorm begins as the identity."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        bound = module.weight[0].numel() ** -0.5
        module.weight.uniform_(-bound, bound, generator=generator)
        if module.bias is not None:
            module.bias.uniform_(-bound, bound, generator=generator)
    elif isinstance(module, nn.BatchNorm2d):
        module.reset_parameters()
