"""Train autoencoders that differ in the treatment of their code; all five of a set learn alike but for that.

    python -m models.recipes.autoencoders ae-fashion28 eae-fashion28 --data DIR

DIR holds images. The five of a set share seed, first weights, batches, steps and rates (AdamW with a cosine). What a
treatment's term weighs is carried over from the defaults, which suit the digits, by the squared error E that a set
leaves a picture: entropy 2 E a number of the code, KL 7 E a number of the picture, discrepancy 6 E, rounded. Then ten
Gaussians, and a plain autoencoder's mean and deviation, are fitted to the codes of 10,000 training pictures.
`models.recipes.autoencoder_quality` measures what ships.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from models.nets.autoencoder import TREATMENTS, Autoencoder, AutoencoderConfig, Settings, objective
from models.recipes.picture_sets import at_random, in_unit_range, read_pictures
from models.recipes.shipping import ZOO, ship_network
from models.recipes.training import Batch, Schedule, machine, options_parser, state_folder, train

SEED = 2020
BATCH = 128
CLIP = 20.0
FITTED = 10_000  # pictures whose codes the samplers are fitted to


@dataclass(frozen=True)
class Recipe:
    """The shape on a set of pictures, what the terms weigh, and how long it learns."""

    config: AutoencoderConfig
    settings: Settings
    steps: int = 1500
    peak: float = 3e-3


RECIPES = {
    "fashion28": Recipe(
        AutoencoderConfig(body="conv", channels=1, side=28, latents=16, widths=(16, 32)),
        Settings(entropy_weight=1.2, kl_weight=0.1, mmd_weight=60.0),
    ),
    "pixelart16": Recipe(
        AutoencoderConfig(body="conv", channels=3, side=16, latents=16, widths=(24, 48)),
        Settings(entropy_weight=0.6, kl_weight=0.05, mmd_weight=30.0),
    ),
}
IDS = tuple(f"{treatment}-{name}" for name in RECIPES for treatment in TREATMENTS)


def recipe_of(model_id: str) -> Recipe:
    """The recipe of a treatment and a set, `<treatment>-<set>`."""
    prefix, _, name = model_id.partition("-")
    treatment = next(treatment for treatment in TREATMENTS if treatment == prefix)
    recipe = RECIPES[name]
    return replace(recipe, config=replace(recipe.config, treatment=treatment))


def batches_of(pictures: Tensor, seed: int, epoch: int) -> Iterator[Batch]:
    """One epoch in the order of its seed: pictures uint8 (B, C, H, W), and the number of each step."""
    order = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(seed * 1000 + epoch))
    count = len(pictures) // BATCH
    for place in range(count):
        yield pictures[order[place * BATCH : (place + 1) * BATCH]], torch.tensor(epoch * count + place)


@torch.inference_mode()
def fit_samplers(model: Autoencoder, pictures: Tensor, seed: int) -> None:
    """Fit what is sampled from to training pictures' codes."""
    model.fit_samplers(torch.cat([model.encode(part) for part in in_unit_range(at_random(pictures, FITTED))]), seed)


def train_model(model_id: str, pictures: Tensor, seed: int) -> tuple[Autoencoder, dict[str, Any]]:
    """The trained model, ready to be sampled, and what its card says about the training."""
    recipe = recipe_of(model_id)
    model = Autoencoder(recipe.config, seed).to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def loss(network: nn.Module, batch: Batch) -> Tensor:
        scaled = (batch[0].float() / 255).to(memory_format=torch.channels_last)
        generator = torch.Generator().manual_seed(int(batch[1]))
        return objective(network, scaled, generator, recipe.settings)  # type: ignore[arg-type]

    schedule = Schedule(recipe.steps, recipe.peak, clip=CLIP)
    progress = train(model, lambda epoch: batches_of(pictures, seed, epoch), loss, schedule, state_folder(model_id))
    fit_samplers(model, pictures, seed)
    return model, {
        "seed": seed,
        "steps": recipe.steps,
        "batch": BATCH,
        "core_minutes": round(progress.core_seconds / 60, 1),
        "settings": vars(recipe.settings),
        "machine": machine(),
    }


def main() -> None:
    """Train and write the folders of the zoo."""
    parser = options_parser(__doc__, "folder that holds images", SEED)
    parser.add_argument("ids", nargs="+", choices=IDS, metavar="ID", help=f"one or more of {', '.join(IDS)}")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for model_id in options.ids:
        pictures = read_pictures(options.data, model_id.split("-")[1]).train
        model, training = train_model(model_id, pictures, options.seed)
        ship_network(ZOO / model_id, model, model.config, training)


if __name__ == "__main__":
    main()
