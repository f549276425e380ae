"""The sheet of 64 unselected samples that stands in a model card.

    python -m models.recipes.sample_sheet nvae-avatars32

Temperature 0.7, re-adjusted BatchNorm, seed 0; for each sample the likeliest pixels. What a person saw wrong
with each stands in sheet.yaml beside it (see `models.recipes.sheet_notes`).
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from models.nets.nvae import NVAE
from models.nets.readjustment import read_readjusted, statistics_at, with_statistics
from models.recipes.nvae_shipping import shipped_nvae
from models.recipes.shipping import ZOO

COLUMNS, ROWS = 8, 8
TEMPERATURE, SEED = 0.7, 0
SIDE = 96  # pixels of a picture on the sheet, at least
GAP = 4
FILE = "samples.png"


def write_sheet(folder: Path, model: NVAE, readjusted: Mapping[str, Tensor]) -> None:
    """Draw the samples and write the sheet into the model's folder."""
    with torch.inference_mode():
        adjusted = with_statistics(model, statistics_at(readjusted, TEMPERATURE))
        pixels = adjusted.decode(adjusted.draw(COLUMNS * ROWS, SEED), TEMPERATURE)
        sheet(pixels.likeliest()).save(folder / FILE, optimize=True)


def sheet(pictures: Tensor) -> Image.Image:
    """Pictures (N, C, H, W) in [0, 1] in rows of eight, each pixel a crisp square, with white between them."""
    factor = -(-SIDE // pictures.shape[-1])
    large = pictures.repeat_interleave(factor, 2).repeat_interleave(factor, 3)
    framed = torch.nn.functional.pad(large.expand(-1, 3, -1, -1), [GAP] * 4, value=1.0)
    rows = [torch.cat(list(row), 2) for row in torch.split(framed, COLUMNS)]
    values = (torch.cat(rows, 1) * 255).round().byte().permute(1, 2, 0)
    return Image.fromarray(values.contiguous().numpy())


def main() -> None:
    """Write the sheet of a model of the zoo."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("id")
    folder = ZOO / parser.parse_args().id
    torch.set_num_threads(1)
    write_sheet(folder, shipped_nvae(folder), read_readjusted(folder))


if __name__ == "__main__":
    main()
