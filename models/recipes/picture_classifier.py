"""Train the small classifier whose features measure Fréchet distances on a set of pictures.

    python -m models.recipes.picture_classifier avatars32 --data DIR

DIR holds images. All labels are learnt at once: the 19 attributes of the avatars, the 17 of the pixel art, the classes
of Fashion-MNIST and of the digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.nets.picture_features import PictureFeatures, PictureFeaturesConfig
from models.recipes.card import write_card
from models.recipes.picture_sets import PictureSet, in_unit_range, read_pictures
from models.recipes.shipping import ZOO, measured_on, ship_network, write_json
from models.recipes.training import Batch, Schedule, machine, options_parser, state_folder, train

SEED = 2017
BATCH = 64


@dataclass(frozen=True)
class Recipe:
    """The shape of a set's classifier and how long it learns."""

    widths: tuple[int, ...]
    features: int
    steps: int


RECIPES = {
    "avatars32": Recipe((32, 64, 96, 128), 64, 1800),
    "pixelart16": Recipe((32, 64, 96), 64, 1800),
    "fashion28": Recipe((32, 64, 96), 64, 1800),
    "digits": Recipe((32, 64), 32, 600),
}


def shape_of(recipe: Recipe, pictures: PictureSet) -> PictureFeaturesConfig:
    """The classifier of a set: a head for every label."""
    channels, side = pictures.train.shape[1:3]
    heads = {name: values for name, (values, _, _) in pictures.labels.items()}
    return PictureFeaturesConfig(channels, side, recipe.widths, recipe.features, heads)


def batches_of(pictures: PictureSet, seed: int, epoch: int) -> Iterator[Batch]:
    """One epoch in the order of its seed: pictures (B, C, H, W) in [0, 1], labels (B, heads)."""
    labels = torch.stack([train for _, train, _ in pictures.labels.values()], 1)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed * 1000 + epoch))
    for rows in torch.split(order, BATCH):
        yield pictures.train[rows].float() / 255, labels[rows]


def loss(model: nn.Module, batch: Batch) -> Tensor:
    """The mean cross-entropy of all heads."""
    pictures, labels = batch
    logits = model(pictures.to(memory_format=torch.channels_last)).values()
    terms = [functional.cross_entropy(head.float(), labels[:, place]) for place, head in enumerate(logits)]
    return torch.stack(terms).mean()


@torch.inference_mode()
def accuracies(model: PictureFeatures, pictures: PictureSet) -> dict[str, dict[str, float]]:
    """For every attribute the share of the test pictures that is named rightly, and that of the commonest value."""
    parts = [model(chunk) for chunk in in_unit_range(pictures.test)]
    found = {}
    for name, (values, train_labels, labels) in pictures.labels.items():
        named = torch.cat([part[name] for part in parts]).argmax(1)
        commonest = train_labels.bincount(minlength=len(values)).argmax()
        share, guess = ((candidate == labels).double().mean().item() for candidate in (named, commonest))
        found[name] = {"accuracy": round(share, 4), "commonest": round(guess, 4), "values": len(values)}
    return found


def main() -> None:
    """Train, measure the file that ships and write its card."""
    parser = options_parser(__doc__, "folder that holds images", SEED)
    parser.add_argument("set", choices=RECIPES)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    recipe, pictures = RECIPES[options.set], read_pictures(options.data, options.set)
    config, folder = shape_of(recipe, pictures), ZOO / f"features-{options.set}"
    model = PictureFeatures(config).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    schedule = Schedule(recipe.steps, peak=4e-3)
    batches = lambda epoch: batches_of(pictures, options.seed, epoch)  # noqa: E731
    progress = train(model, batches, loss, schedule, state_folder(folder.name))
    minutes = round(progress.core_seconds / 60, 1)
    training = {"seed": options.seed, "steps": recipe.steps, "batch": BATCH, "core_minutes": minutes}
    ship_network(folder, model, config, training | {"machine": machine()})
    shipped = PictureFeatures.from_pretrained(folder).eval()
    measured = {"accuracy": accuracies(shipped, pictures), "test": len(pictures.test)}
    write_json(folder / "measured.json", measured_on(folder) | measured)
    write_card(folder)
    print(measured)


if __name__ == "__main__":
    main()
