"""NVAEs of a few thousand parameters whose weights and BatchNorm statistics are far from those of a fresh one.

Also the folders of those that ship.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from models.nets.nvae import NVAE, NVAEConfig
from models.nets.residual_cells import SqueezeExcitation

SHAPE: dict[str, Any] = {
    "channels": 3,
    "side": 16,
    "widths": (8, 8, 12),
    "groups": (0, 2, 1),
    "latent_channels": 2,
    "expansion": 2,
    "kernel": 3,
    "mixtures": 2,
}
SHIPPED = sorted((Path(__file__).resolve().parents[3] / "models" / "zoo").glob("nvae-*"))
FASHION: dict[str, Any] = {"channels": 1, "side": 12, "padding": 2, "likelihood": "bernoulli"}


def lively_nvae(seed: int = 0, **fields: Any) -> NVAE:
    """A model in eval mode whose latents, norms and gates all matter to the picture."""
    torch.manual_seed(seed)
    model = NVAE(NVAEConfig(**(SHAPE | fields)))
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.3)
            nn.init.normal_(module.running_mean, std=0.3)
            nn.init.uniform_(module.running_var, 0.1, 1.0)
        if isinstance(module, SqueezeExcitation):
            nn.init.ones_(module.squeeze.bias)
    return model.eval().requires_grad_(False)


def random_pictures(count: int, channels: int = 3, side: int = 16, seed: int = 0) -> torch.Tensor:
    """Pictures (count, channels, side, side) of values a byte can have."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, channels, side, side), generator=generator) / 255
