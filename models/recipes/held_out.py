"""Take how held-out pictures fare with every model that rebuilds pictures.

    python -m models.recipes.held_out --data DIR [ID …]

DIR holds images. 1,000 pictures of the held-out half of each model's own set, chosen at random from seed 0, pass
through it: the mean squared error of the reconstruction and, of an NVAE, the bits per dimension with latents drawn
once from the posterior. assets/held-out-pictures.json gets 101 evenly spaced quantiles of both, the lowest and the
highest included, and which weights they are of. Entries of models that are not named stay.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from models.losses.evidence import bits_per_dimension
from models.nets.autoencoder import Autoencoder
from models.nets.nvae import NVAE
from models.recipes.picture_sets import at_random, read_pictures
from models.recipes.picture_subsets import ASSETS
from models.recipes.shipping import ZOO, measured_on, read_json, write_json

FILE = ASSETS / "held-out-pictures.json"
NVAES = ("nvae-avatars32", "nvae-pixelart16", "nvae-fashion28")
AUTOENCODERS = tuple(
    f"{treatment}-{name}" for name in ("pixelart16", "fashion28") for treatment in ("ae", "aebn", "eae", "vae", "wae")
)
PICTURES, BATCH, SEED = 1000, 50, 0


def quantiles(values: Tensor) -> list[float]:
    """101 evenly spaced ones, to six digits."""
    found = np.quantile(values.double().numpy(), np.linspace(0, 1, 101))
    return [float(f"{value:.6g}") for value in found]


@torch.inference_mode()
def measure(model: NVAE | Autoencoder, pictures: Tensor) -> dict[str, Any]:
    """The quantiles of a model in eval mode on pictures uint8 (N, C, H, W)."""
    generator = torch.Generator().manual_seed(SEED)
    errors, bits = [], []
    for start in range(0, len(pictures), BATCH):
        values = pictures[start : start + BATCH].float() / 255
        errors.append((model.reconstruct(values) - values).square().mean((1, 2, 3)))
        if isinstance(model, NVAE):
            encoding = model(values, generator)
            bits.append(bits_per_dimension(encoding.kl, encoding.pixels, values))
    found: dict[str, Any] = {"pictures": len(pictures), "squared_error": quantiles(torch.cat(errors))}
    return found | ({"bits": quantiles(torch.cat(bits))} if bits else {})


def chosen(data: Path, name: str) -> Tensor:
    """The held-out pictures of a set."""
    return at_random(read_pictures(data, name).test, PICTURES, SEED)


def main() -> None:
    """Measure the named models, or all that the zoo holds, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds images")
    parser.add_argument("ids", nargs="*", choices=[*NVAES, *AUTOENCODERS, []])
    options = parser.parse_args()
    entries = read_json(FILE) if FILE.exists() else {}
    for id in options.ids or [id for id in (*NVAES, *AUTOENCODERS) if (ZOO / id).exists()]:
        kind = NVAE if id in NVAES else Autoencoder
        origin, model = measured_on(ZOO / id), kind.from_pretrained(ZOO / id).eval()
        entries[id] = measure(model, chosen(options.data, id.split("-")[1])) | origin
        write_json(FILE, {name: entries[name] for name in (*NVAES, *AUTOENCODERS) if name in entries}, indent=0)


if __name__ == "__main__":
    main()
