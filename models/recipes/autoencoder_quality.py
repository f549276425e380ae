"""Measure autoencoders of the zoo, draw their sheets and write their cards.

    python -m models.recipes.autoencoder_quality ae-fashion28 eae-fashion28 --data DIR

DIR holds images. Reconstruction error on all test pictures; the entropy gap of 1,000 test pictures' codes; Fréchet
distances of 1,000 samples from N(0, I), of as many from the mixture and of 1,000 test pictures' reconstructions to
these test pictures, on the features of the set's classifier.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models.losses.frechet import frechet_distance
from models.losses.knn_entropy import entropy_gap
from models.nets.autoencoder import Autoencoder, squared_error
from models.nets.picture_features import PictureFeatures
from models.recipes.autoencoders import IDS
from models.recipes.card import write_card
from models.recipes.picture_quality import COMPARED, features_of
from models.recipes.picture_sets import PictureSet, at_random, in_unit_range, read_pictures
from models.recipes.sample_sheet import COLUMNS, ROWS, sheet
from models.recipes.shipping import ZOO, measured_on, write_json
from models.recipes.training import options_parser

SEED = 2020
NEIGHBOURS = 1
SHEETS = {"normal": "samples.png", "mixture": "samples-mixture.png"}


@torch.inference_mode()
def measure(model: Autoencoder, pictures: PictureSet, features: PictureFeatures, seed: int = SEED) -> dict[str, Any]:
    """All figures of a model in eval mode; the squared error is summed over a picture."""
    errors = [squared_error(model.reconstruct(chunk), chunk) * len(chunk) for chunk in in_unit_range(pictures.test)]
    compared = at_random(pictures.test, COMPARED)
    codes = torch.cat([model.encode(chunk) for chunk in in_unit_range(compared)])
    real, train = (features_of(features, part) for part in (compared, at_random(pictures.train, COMPARED)))
    made = {
        "normal": model.sample(len(compared), seed=seed),
        "mixture": model.sample_mixture(len(compared), seed=seed),
        "reconstructions": model.decode(codes),
    }
    distances = {name: frechet_distance(features_of(features, as_bytes(part)), real) for name, part in made.items()}
    return {
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "squared_error": round(torch.stack(errors).sum().item() / len(pictures.test), 3),
        "entropy_gap": round(entropy_gap(model.standardised(codes), NEIGHBOURS, seed).item(), 2),
        "frechet": {name: round(distance, 2) for name, distance in distances.items()},
        "real_against_real": round(frechet_distance(train, real), 2),
        "test": len(pictures.test),
        "compared": len(compared),
    }


def as_bytes(pictures: Tensor) -> Tensor:
    """Pictures in [0, 1] rounded to the 256 values that real ones have."""
    return (pictures * 255).round().byte()


@torch.inference_mode()
def write_sheets(folder: Path, model: Autoencoder, seed: int = SEED) -> None:
    """Write 64 unselected samples of each sampler into the model's folder."""
    count = COLUMNS * ROWS
    sheet(model.sample(count, seed=seed)).save(folder / SHEETS["normal"], optimize=True)
    sheet(model.sample_mixture(count, seed)).save(folder / SHEETS["mixture"], optimize=True)


def main() -> None:
    """Measure the files that ship, draw their sheets and write their cards."""
    parser = options_parser(__doc__, "folder that holds images", SEED)
    parser.add_argument("ids", nargs="+", choices=IDS, metavar="ID", help=f"one or more of {', '.join(IDS)}")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for model_id in options.ids:
        folder, pictures = ZOO / model_id, read_pictures(options.data, model_id.split("-")[1])
        features = PictureFeatures.from_pretrained(ZOO / f"features-{pictures.name}").eval()
        model: Autoencoder = Autoencoder.from_pretrained(folder).eval()
        figures = measure(model, pictures, features, options.seed)
        write_json(folder / "measured.json", measured_on(folder) | {"seed": options.seed} | figures)
        write_sheets(folder, model, options.seed)
        write_card(folder)


if __name__ == "__main__":
    main()
