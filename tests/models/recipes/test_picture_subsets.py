from __future__ import annotations

import numpy as np
import pytest

from models.recipes.picture_subsets import ASSETS, choose, subset


def test_the_chosen_pictures_are_different_ones_in_their_order():
    chosen = choose(2048, 19_000)
    assert (np.diff(chosen) > 0).all()
    assert len(chosen) == 2048
    assert chosen.max() < 19_000
    assert (choose(2048, 19_000) == chosen).all()


def test_a_subset_keeps_each_pictures_label_and_gives_grey_pictures_a_channel():
    numbers = np.arange(5000, dtype=np.uint8)
    pictures = np.broadcast_to(numbers[:, None, None], (5000, 2, 2))
    chosen = subset(pictures, pictures, numbers, ["a"])
    assert chosen["images"].shape == (2048, 2, 2, 1)
    assert (chosen["probe"][:, 0, 0, 0] == chosen["labels"]).all()


@pytest.mark.parametrize(("name", "shape"), [("fashion-mnist", (28, 28, 1)), ("pixel-art", (16, 16, 3))])
def test_what_ships_has_the_shape_the_recipe_states(name, shape):
    with np.load(ASSETS / f"{name}.npz") as stored:
        assert stored["images"].shape == (2048, *shape)
        assert stored["probe"].shape == (512, *shape)
        assert stored["labels"].max() == len(stored["classes"]) - 1
