from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from models.nets.directions import load_directions, save_directions
from models.recipes import attribute_directions
from models.recipes.attribute_contrasts import CONTRASTS, brightness, light_to_dark, one_of, presence
from models.recipes.attribute_directions import Finder, parts_of
from models.recipes.nvae import RECIPES
from models.recipes.picture_sets import PictureSet


class LeftAndRight:
    """A model whose top group is the left half of a picture, and whose second is the right half."""

    config = SimpleNamespace(scale_of_groups=lambda: [0, 1])

    def encode(self, pictures):
        return [pictures[..., :2], pictures[..., 2:]]

    def decode(self, noise):
        return SimpleNamespace(likeliest=lambda: torch.cat(noise, -1))


def classifier(pictures):
    """Names whether each half is bright."""
    halves = {"left": pictures[..., :2], "right": pictures[..., 2:]}
    means = {name: half.mean((1, 2, 3)) for name, half in halves.items()}
    return {name: torch.stack([0.5 - mean, mean - 0.5], 1) for name, mean in means.items()}


def halves(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures whose halves are black or white, and their labels (N, 2)."""
    labels = torch.randint(2, (count, 2), generator=torch.Generator().manual_seed(0))
    return (255 * labels)[:, None, None, :].repeat_interleave(2, 3).expand(-1, 1, 2, -1).to(torch.uint8), labels


@pytest.fixture
def finder(monkeypatch) -> Finder:
    monkeypatch.setattr(attribute_directions, "ENCODED", 100)
    (train, labels), (test, test_labels) = halves(200), halves(50)
    named = {
        name: (["none", "some"], labels[:, place], test_labels[:, place])
        for place, name in enumerate(("left", "right"))
    }
    return Finder(LeftAndRight(), classifier, PictureSet("pixelart16", train, test, named), 0)


def test_the_direction_of_an_attribute_changes_it_and_nothing_else(finder):
    direction, outcome = finder.find(presence("left", "left"))
    assert outcome.changed == outcome.others_kept == 1
    assert direction[0].mean() >= 1


def test_an_outcome_counts_only_pictures_that_lack_the_attribute(finder):
    _, outcome = finder.find(presence("right", "right"))
    _, _, test = finder.pictures.labels["right"]
    assert outcome.pictures == int((test == 0).sum())


def test_parts_go_from_all_groups_to_the_top_scale_alone():
    groups = [torch.ones(1), torch.ones(1), torch.ones(1)]
    kept = [[group is not None for group in part] for part in parts_of(groups, [0, 0, 1])]
    assert kept == [[True, True, True], [True, True, False]]


def test_contrasts_lead_from_some_values_to_others():
    red = one_of("red", "hair", "#ff0000")
    assert (red.to("#ff0000"), red.away("#ff0000"), red.away("#0000ff")) == (True, False, True)
    dark = light_to_dark("dark", "skin", 200, 100)
    assert (dark.away("#ffffff"), dark.to("#000000"), dark.to("#808080")) == (True, True, False)
    assert brightness("#ffffff") == pytest.approx(255)


@pytest.mark.parametrize("name", CONTRASTS)
def test_names_of_directions_differ_and_their_models_are_known(name):
    names = [contrast.name for contrast in CONTRASTS[name]]
    assert len(set(names)) == len(names)
    assert name in RECIPES


def test_what_was_found_can_be_read_again(finder, tmp_path):
    direction, outcome = finder.find(presence("left", "left"))
    save_directions(tmp_path, {"left": direction}, {"left": outcome.__dict__})
    assert torch.equal(load_directions(tmp_path)["left"][0], direction[0])
