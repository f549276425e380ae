from __future__ import annotations

import json
import sys

import pytest
import torch

from models.recipes import picture_classifier
from models.recipes.picture_classifier import Recipe, accuracies
from models.recipes.picture_sets import PictureSet, read_pictures


@pytest.fixture(autouse=True)
def few_steps(tmp_path, monkeypatch):
    monkeypatch.setenv("WHYBOX_TRAIN_DIR", str(tmp_path / "train"))
    monkeypatch.setattr(picture_classifier, "ZOO", tmp_path)
    monkeypatch.setitem(picture_classifier.RECIPES, "digits", Recipe((8, 16), 8, 60))
    monkeypatch.setattr(sys, "argv", ["recipe", "digits", "--data", str(tmp_path)])


def test_a_classifier_of_digits_learns_ships_and_is_described(tmp_path):
    picture_classifier.main()
    folder = tmp_path / "features-digits"
    measured = json.loads((folder / "measured.json").read_text(encoding="utf-8"))
    assert measured["accuracy"]["class"]["accuracy"] > 0.5
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "task: image-features" in card
    assert "| class | 10 |" in card


def test_accuracy_is_the_share_of_pictures_named_rightly():
    class Bright(torch.nn.Module):
        def forward(self, pictures):
            mean = pictures.mean((1, 2, 3))
            return {"bright": torch.stack([0.5 - mean, mean - 0.5], 1)}

    test = torch.tensor([0, 0, 255, 255], dtype=torch.uint8)[:, None, None, None].expand(4, 1, 2, 2)
    labels = {"bright": (["no", "yes"], torch.tensor([1, 1, 0]), torch.tensor([0, 0, 1, 0]))}
    found = accuracies(Bright(), PictureSet("digits", test[:3], test, labels))
    assert found == {"bright": {"accuracy": 0.75, "commonest": 0.25, "values": 2}}


def test_digits_are_split_four_to_one_and_keep_their_labels(tmp_path):
    digits = read_pictures(tmp_path, "digits")
    assert (len(digits.train), len(digits.test)) == (1437, 360)
    _, train, test = digits.labels["class"]
    assert (len(train), len(test), digits.train.max()) == (1437, 360, 255)
