"""Find, in the noise of a shipped NVAE, the directions along which an attribute of the pictures changes.

    python -m models.recipes.attribute_directions nvae-avatars32 --data DIR

A direction is the difference between the mean noise of encoded training pictures with an attribute and without it.
Which groups it moves and how far is chosen on training pictures that were left out of the means, by how often the
classifier of the set then names the attribute and leaves all others as they were. What is written down was counted
on test pictures; a direction that changes fewer than half of them is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from models.nets.directions import Direction, move, save_directions
from models.nets.nvae import NVAE
from models.nets.picture_features import PictureFeatures
from models.recipes.attribute_contrasts import CONTRASTS, Contrast
from models.recipes.nvae import RECIPES
from models.recipes.nvae_shipping import shipped_nvae
from models.recipes.picture_sets import PictureSet, in_unit_range, read_pictures
from models.recipes.shipping import ZOO
from models.recipes.training import options_parser

SEED = 2020
ENCODED, CHOSEN_ON, COUNTED_ON = 6000, 48, 200  # pictures for the means, for each choice, for the final count
LEAST = 0.5  # of the pictures: a direction that changes fewer is left out
AMOUNTS = (1.0, 2.0, 3.0, 5.0, 8.0)  # times the difference of the means


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


@dataclass(frozen=True)
class Trial:
    """Noise of pictures that lack the values `to` (V,) of an attribute, and what the classifier `named` in them.

    The colour of what is not there yet is no other attribute that should stay as it is.
    """

    attribute: str
    to: Tensor
    noise: list[Tensor]
    named: dict[str, Tensor]


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
        lacking = self.pictures.train[self.left_out[away[train[self.left_out]]]][:CHOSEN_ON]
        trial = self.trial(contrast.attribute, to, lacking)
        candidates = [scaled(part, amount) for part in parts_of(differences, self.scales()) for amount in AMOUNTS]
        best = max(candidates, key=lambda candidate: self.outcome(trial, candidate).worth)
        counted = self.trial(contrast.attribute, to, self.pictures.test[away[test]][:COUNTED_ON])
        return best, self.outcome(counted, best)

    def trial(self, attribute: str, to: Tensor, pictures: Tensor) -> Trial:
        """Pictures to try directions on, without those that the classifier takes for changed before."""
        noise = encode(self.model, pictures)
        before = self.named(noise)
        lacks = ~to[before[attribute]]
        named = {name: values[lacks] for name, values in before.items() if name != f"{attribute}Color"}
        return Trial(attribute, to, [group[lacks] for group in noise], named)

    def outcome(self, trial: Trial, direction: Direction) -> Outcome:
        """What a direction does to them."""
        if not len(trial.noise[0]):
            return Outcome(0.0, 0.0, 0)
        after = self.named(move(trial.noise, direction, 1.0))
        changed = trial.to[after[trial.attribute]].double().mean().item()
        others = [(after[name] == named).double() for name, named in trial.named.items() if name != trial.attribute]
        return Outcome(round(changed, 3), round(torch.stack(others).mean().item(), 3), len(trial.noise[0]))

    def named(self, noise: Sequence[Tensor]) -> dict[str, Tensor]:
        """The value (B,) of every attribute that the classifier sees in the likeliest pictures of noise."""
        logits = self.classifier(self.model.decode(noise).likeliest())
        return {name: values.argmax(1) for name, values in logits.items()}

    def scales(self) -> list[int]:
        """The scale of every group."""
        return self.model.config.scale_of_groups()


def encode(model: NVAE, pictures: Tensor) -> list[Tensor]:
    """The noise of pictures (N, C, H, W) uint8, (N, C, H, W) for every group."""
    parts = [model.encode(chunk) for chunk in in_unit_range(pictures)]
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
    model = shipped_nvae(ZOO / options.id)
    classifier = PictureFeatures.from_pretrained(ZOO / f"features-{name}").eval()
    directions: dict[str, Direction] = {}
    about: dict[str, object] = {}
    with torch.inference_mode():
        finder = Finder(model, classifier, read_pictures(options.data, name), options.seed)
        for contrast in CONTRASTS[options.id]:
            direction, outcome = finder.find(contrast)
            print(contrast.name, outcome, flush=True)
            if outcome.changed >= LEAST:
                directions[contrast.name] = direction
                about[contrast.name] = {"attribute": contrast.attribute, **asdict(outcome)}
    save_directions(ZOO / options.id, directions, about)


if __name__ == "__main__":
    main()
