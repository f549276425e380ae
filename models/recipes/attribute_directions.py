"""Find, in the noise of a shipped NVAE, the directions along which an attribute of the pictures changes.

    python -m models.recipes.attribute_directions nvae-avatars32 --data DIR

A direction is the difference between the mean noise of encoded training pictures with an attribute and without it.
Which groups it moves and how far is chosen on training pictures that were left out of the means, by how often the
classifier of the set then names the attribute and leaves all others as they were. What is written down was counted
on test pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.nets.directions import Direction, move, save_directions
from models.nets.nvae import NVAE
from models.nets.picture_features import PictureFeatures
from models.recipes.nvae import RECIPES
from models.recipes.picture_sets import PictureSet, read_pictures
from models.recipes.shipping import ZOO
from models.recipes.training import options_parser

SEED = 2020
ENCODED, CHOSEN_ON, COUNTED_ON = 6000, 48, 200  # pictures for the means, for each choice, for the final count
AMOUNTS = (1.0, 2.0, 3.0, 5.0, 8.0)  # times the difference of the means


@dataclass(frozen=True)
class Contrast:
    """An attribute's values that a direction leads away from and to."""

    name: str
    attribute: str
    away: Callable[[str], bool]
    to: Callable[[str], bool]


def brightness(colour: str) -> float:
    """Luma of a colour "#rrggbb", 0 to 255 (ITU-R BT.601)."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def presence(name: str, attribute: str) -> Contrast:
    """From none of something to any of it."""
    return Contrast(name, attribute, "none".__eq__, "none".__ne__)


def one_of(name: str, attribute: str, *values: str) -> Contrast:
    """From all other values to these."""
    return Contrast(name, attribute, lambda value: value not in values, values.__contains__)


def light_to_dark(name: str, attribute: str, light: float, dark: float) -> Contrast:
    """From colours above a brightness to those below one."""
    return Contrast(
        name, attribute, lambda colour: brightness(colour) > light, lambda colour: brightness(colour) < dark
    )


BACKGROUNDS = [
    one_of(f"{name} background", "backgroundColor", value)
    for name, value in {
        "blue": "#b6e3f4",
        "violet": "#c0aede",
        "green": "#c8ecd2",
        "lavender": "#d1d4f9",
        "pink": "#ffd5dc",
        "orange": "#ffdfbf",
        "yellow": "#fff3b0",
    }.items()
]
MOOD = Contrast("mouth sad to happy", "mouth", lambda value: value.startswith("sad"), lambda value: "happy" in value)
CONTRASTS = {
    "nvae-avatars32": [
        presence("glasses", "glasses"),
        presence("beard", "beard"),
        presence("earrings", "earrings"),
        presence("freckles", "freckles"),
        presence("flowers in the hair", "hairAccessories"),
        light_to_dark("skin light to dark", "skinColor", 170, 115),
        light_to_dark("hair light to dark", "hairColor", 125, 80),
        one_of("red hair", "hairColor", "#c93305", "#a55728"),
        one_of("blue hair", "hairColor", "#3fa7d6", "#605de4", "#238d80"),
        MOOD,
        *BACKGROUNDS,
    ],
    "nvae-pixelart16": [
        presence("glasses", "glasses"),
        presence("beard", "beard"),
        presence("hat", "hat"),
        presence("earrings", "accessories"),
        light_to_dark("skin light to dark", "skinColor", 180, 130),
        light_to_dark("hair light to dark", "hairColor", 110, 70),
        one_of("red hair", "hairColor", "#bd1700"),
        one_of("green hair", "hairColor", "#91cb15"),
        Contrast("hair short to long", "hair", lambda value: "short" in value, lambda value: "long" in value),
        MOOD,
        *BACKGROUNDS,
    ],
}


@dataclass(frozen=True)
class Outcome:
    """Of pictures whose attribute a direction should change: shares that were changed, and of others left alone."""

    changed: float
    others_kept: float
    pictures: int

    @property
    def worth(self) -> float:
        """What a choice is made by."""
        return self.changed * self.others_kept


class Finder:
    """Finds the directions of one model; pictures of the set, split between means and choices."""

    def __init__(self, model: NVAE, classifier: PictureFeatures, pictures: PictureSet, seed: int) -> None:
        self.model, self.classifier, self.pictures = model, classifier, pictures
        order = torch.randperm(len(pictures.train), generator=torch.Generator().manual_seed(seed))
        self.rows, self.left_out = order[:ENCODED], order[ENCODED : 2 * ENCODED]
        self.noise = encode(model, pictures.train[self.rows])

    def find(self, contrast: Contrast) -> tuple[Direction, Outcome]:
        """The best direction for a contrast, and what it did to test pictures."""
        names, train, test = self.pictures.labels[contrast.attribute]
        away, to = (torch.tensor([chosen(name) for name in names]) for chosen in (contrast.away, contrast.to))
        labels = train[self.rows]
        differences = [group[to[labels]].mean(0) - group[away[labels]].mean(0) for group in self.noise]
        start = self.left_out[away[train[self.left_out]]][:CHOSEN_ON]
        noise = encode(self.model, self.pictures.train[start])
        candidates = [scaled(part, amount) for part in parts_of(differences, self.scales()) for amount in AMOUNTS]
        outcomes = [self.outcome(contrast.attribute, to, noise, candidate) for candidate in candidates]
        best = max(range(len(candidates)), key=lambda place: outcomes[place].worth)
        counted = encode(self.model, self.pictures.test[away[test]][:COUNTED_ON])
        return candidates[best], self.outcome(contrast.attribute, to, counted, candidates[best])

    def outcome(self, attribute: str, to: Tensor, noise: Sequence[Tensor], direction: Direction) -> Outcome:
        """What the classifier names before and after, of those pictures that it does not take for changed before."""
        before, after = (self.named(moved) for moved in (noise, move(noise, direction, 1.0)))
        counts = ~to[before[attribute]]
        changed = to[after[attribute]][counts].double().mean().item()
        others = [name for name in before if not name.startswith(attribute) and not attribute.startswith(name)]
        kept = torch.stack([(before[name] == after[name])[counts].double().mean() for name in others]).mean().item()
        return Outcome(round(changed, 3), round(kept, 3), int(counts.sum()))

    def named(self, noise: Sequence[Tensor]) -> dict[str, Tensor]:
        """The value (B,) of every attribute that the classifier sees in the likeliest pictures of noise."""
        logits = self.classifier(self.model.decode(noise).likeliest())
        return {name: values.argmax(1) for name, values in logits.items()}

    def scales(self) -> list[int]:
        """The scale of every group."""
        return self.model.config.scale_of_groups()


def encode(model: NVAE, pictures: Tensor) -> list[Tensor]:
    """The noise of pictures (N, C, H, W) uint8, (N, C, H, W) for every group."""
    parts = [model.encode(chunk.float() / 255) for chunk in pictures.split(100)]
    return [torch.cat(group) for group in zip(*parts, strict=True)]


def parts_of(differences: Sequence[Tensor], scales: Sequence[int]) -> list[list[Tensor | None]]:
    """All groups of a direction, and those from the top down to each scale above the last."""
    return [
        [group if scale <= last else None for group, scale in zip(differences, scales, strict=True)]
        for last in reversed(range(scales[-1] + 1))
    ]


def scaled(direction: Direction, amount: float) -> Direction:
    """A direction made longer."""
    return [None if group is None else amount * group for group in direction]


def main() -> None:
    """Find all directions of a model and write them beside it."""
    parser = options_parser(__doc__, "folder that holds images", SEED)
    parser.add_argument("id", choices=CONTRASTS)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    name = RECIPES[options.id].pictures
    model, classifier = (
        NVAE.from_pretrained(ZOO / options.id),
        PictureFeatures.from_pretrained(ZOO / f"features-{name}"),
    )
    model.eval().to(memory_format=torch.channels_last)
    directions, about = {}, {}
    with torch.inference_mode():
        finder = Finder(model, classifier.eval(), read_pictures(options.data, name), options.seed)
        for contrast in CONTRASTS[options.id]:
            directions[contrast.name], outcome = finder.find(contrast)
            about[contrast.name] = {"attribute": contrast.attribute, **outcome.__dict__}
            print(contrast.name, outcome, flush=True)
    save_directions(ZOO / options.id, directions, about)


if __name__ == "__main__":
    main()
