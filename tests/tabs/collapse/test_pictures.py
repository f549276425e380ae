from __future__ import annotations

import numpy as np
import pytest

from playground.tabs.collapse.pictures import ASSETS, dataset, shipped

MEGABYTE = 10**6


@pytest.mark.parametrize(
    ("name", "shape", "classes"), [("fashion-mnist", (1, 28, 28), 10), ("pixel-art", (3, 16, 16), 7)]
)
def test_a_set_that_ships_has_2048_pictures_and_512_probes(name, shape, classes):
    data = shipped(name)
    assert data.inputs.shape == (2048, *shape)
    assert data.probe.shape == (512, *shape)
    assert len(data.classes) == classes
    assert sorted(set(data.labels.tolist())) == list(range(classes))


def test_the_sets_that_ship_are_small_and_have_a_licence():
    rows = (ASSETS / "README.md").read_text(encoding="utf-8").splitlines()
    files = ("fashion-mnist.npz", "pixel-art.npz")
    assert sum((ASSETS / file).stat().st_size for file in files) < 2.5 * MEGABYTE
    assert [next(row for row in rows if file in row).rsplit("|", 2)[1].strip() for file in files] == ["MIT", "CC0-1.0"]


@pytest.mark.parametrize("name", ["fashion-mnist", "pixel-art"])
def test_pixels_have_mean_0_and_deviation_1(name):
    inputs = shipped(name).inputs
    assert inputs.mean((0, 2, 3)).abs().max() < 1e-4
    assert inputs.std((0, 2, 3)).numpy() == pytest.approx(1, abs=1e-3)


def test_pictures_of_one_colour_are_centred_without_a_division_by_zero():
    grey = np.full((4, 2, 2, 1), 7, np.uint8)
    data = dataset(grey, grey + 1, np.zeros(4, int), ("grey",))
    assert data.inputs.abs().max() == 0
    assert data.probe.unique().tolist() == [1]
