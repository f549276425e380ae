"""Measure an NVAE of the zoo beside the plain VAE of as many parameters, and write its card.

    python -m models.recipes.picture_quality nvae-avatars32 --data DIR

DIR holds images. Bits per dimension, KL and active units of every group on the test pictures; Fréchet distances of
1,000 samples at temperatures 1.0 and 0.7 to 1,000 test pictures, on the features of the set's classifier, with the
BatchNorm statistics of training and re-adjusted ones, for the mean, the likeliest and drawn pixels. The plain VAE is
read from its training's state; without one the card says nothing of it.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from models.losses.evidence import bits_per_dimension
from models.losses.frechet import frechet_distance
from models.losses.importance import importance_bound, log_weights
from models.nets.nvae import NVAE
from models.nets.picture_features import PictureFeatures
from models.nets.readjustment import read_readjusted, readjust_all, statistics_at, with_statistics
from models.recipes.card import write_card
from models.recipes.nvae import RECIPES, parameters, plain_of
from models.recipes.nvae_shipping import shipped_nvae, trained_model
from models.recipes.picture_sets import PictureSet, at_random, in_unit_range, read_pictures
from models.recipes.sample_sheet import write_sheet
from models.recipes.sheet_notes import write_blank_notes
from models.recipes.shipping import ZOO, measured_on, write_json
from models.recipes.training import options_parser, state_folder

SEED = 2022
TESTED = 2000  # test pictures at most that likelihoods are taken on
COMPARED = 1000  # samples and test pictures of a Fréchet distance
TEMPERATURES = (1.0, 0.7)
DRAWS, WEIGHTED = 16, 100  # of every picture, and of how many, for the importance-weighted bound
ACTIVE = 0.1  # nats of a channel


@torch.inference_mode()
def importance_weighted(model: NVAE, pictures: Tensor, seed: int = SEED) -> dict[str, Any]:
    """Bits per dimension of pictures (N, C, H, W) uint8 by the bound of many draws, and of as many single ones."""
    generator, values = torch.Generator().manual_seed(seed), pictures.float() / 255
    rows = []
    for _ in range(DRAWS):
        found = model(values, generator)
        likelihood = found.pixels.log_likelihood(values)
        rows.append(log_weights(found.noise, found.priors, found.posteriors, likelihood))
    weights = torch.stack(rows)  # (draws, N)
    nats = {"bits_per_dimension": importance_bound(weights), "single": weights}
    bits = {name: round(-bound.mean().item() / (values[0].numel() * math.log(2)), 4) for name, bound in nats.items()}
    return {"draws": DRAWS, "pictures": len(pictures), **bits}


@torch.inference_mode()
def figures(model: NVAE, pictures: Tensor, seed: int = SEED) -> dict[str, Any]:
    """Likelihood, KL per group and reconstruction error on pictures (N, C, H, W) uint8, latents drawn once."""
    generator = torch.Generator().manual_seed(seed)
    bits, errors, channels = [], [], []
    for chunk in in_unit_range(pictures):
        encoding = model(chunk, generator)
        bits.append(bits_per_dimension(encoding.kl, encoding.pixels, chunk))
        errors.append((model.reconstruct(chunk) - chunk).square().mean((1, 2, 3)))
        channels.append([group.sum((2, 3)) for group in encoding.kl])  # (B, latent channels) each
    by_group = [torch.cat(group).mean(0) for group in zip(*channels, strict=True)]
    return {
        "bits_per_dimension": round(torch.cat(bits).mean().item(), 4),
        "reconstruction_mse": round(torch.cat(errors).mean().item(), 6),
        "kl": [round(group.sum().item(), 2) for group in by_group],
        "active_units": [int((group > ACTIVE).sum()) for group in by_group],
        "units": model.config.latent_channels,
        "importance_weighted": importance_weighted(model, at_random(pictures, WEIGHTED)),
        "parameters": parameters(model.config),
    }


def frechet_distances(model: NVAE, readjusted: dict[str, Tensor], reference: Tensor, features: PictureFeatures) -> Any:
    """Distances of samples to features (N, D) of real pictures, by temperature, statistics and kind of pixels."""
    found: dict[str, Any] = {}
    for temperature in TEMPERATURES:
        adjusted = with_statistics(model, statistics_at(readjusted, temperature))
        found[f"{temperature:g}"] = {
            "as trained": sampled_distances(model, temperature, reference, features),
            "re-adjusted": sampled_distances(adjusted, temperature, reference, features),
        }
    return found


@torch.inference_mode()
def sampled_distances(
    model: NVAE, temperature: float, reference: Tensor, features: PictureFeatures, seed: int = SEED
) -> dict[str, float]:
    """The distance to the reference of as many samples, for every way to take pixels from the decoder."""
    generator = torch.Generator().manual_seed(seed)
    parts: dict[str, list[Tensor]] = {"mean": [], "likeliest": [], "drawn": []}
    for start in range(0, len(reference), 100):
        pixels = model.decode(model.draw(min(100, len(reference) - start), seed + start), temperature)
        parts["mean"].append(features.features(pixels.mean()))
        parts["likeliest"].append(features.features(pixels.likeliest()))
        parts["drawn"].append(features.features(pixels.sample(generator, temperature)))
    return {name: round(frechet_distance(torch.cat(part), reference), 3) for name, part in parts.items()}


@torch.inference_mode()
def features_of(features: PictureFeatures, pictures: Tensor) -> Tensor:
    """Features (N, D) of pictures (N, C, H, W) uint8."""
    return torch.cat([features.features(chunk) for chunk in in_unit_range(pictures)])


def measure(model: NVAE, readjusted: dict[str, Tensor], pictures: PictureSet, features: PictureFeatures) -> Any:
    """All figures of one model."""
    reference = features_of(features, at_random(pictures.test, COMPARED))
    return figures(model, at_random(pictures.test, TESTED)) | {
        "frechet": frechet_distances(model, readjusted, reference, features)
    }


def measure_plain(name: str, pictures: PictureSet, features: PictureFeatures) -> Any:
    """The figures of the plain VAE as its training's state holds it; None without one."""
    plain, recipe = plain_of(name)
    if not (state_folder(plain) / "state.pt").exists():
        return None
    trained = trained_model(plain, recipe.config, pictures.train)
    readjusted = readjust_all(trained.model, sorted(TEMPERATURES))
    found = measure(trained.model, readjusted, pictures, features)
    return found | {"weights": trained.weights, "steps": trained.steps, "core_minutes": round(trained.core_minutes, 1)}


def main() -> None:
    """Measure the file that ships, draw its sheet and write its card."""
    parser = options_parser(__doc__, "folder that holds images", SEED)
    parser.add_argument("id", choices=RECIPES)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    folder, pictures = ZOO / options.id, read_pictures(options.data, RECIPES[options.id].pictures)
    features = PictureFeatures.from_pretrained(ZOO / f"features-{pictures.name}").eval()
    model = shipped_nvae(folder)
    readjusted = read_readjusted(folder)
    measured = measured_on(folder) | {
        "seed": options.seed,
        "test": min(TESTED, len(pictures.test)),
        "compared": COMPARED,
    }
    halves = [features_of(features, at_random(part, COMPARED)) for part in (pictures.train, pictures.test)]
    measured["real_against_real"] = round(frechet_distance(*halves), 3)
    measured |= measure(model, readjusted, pictures, features)
    measured["plain"] = measure_plain(options.id, pictures, features)
    write_json(folder / "measured.json", measured)
    write_sheet(folder, model, readjusted)
    write_blank_notes(folder, measured["weights_sha256"])
    write_card(folder)


if __name__ == "__main__":
    main()
