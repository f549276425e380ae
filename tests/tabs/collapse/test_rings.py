from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.runtime.errors import InvalidRequest
from playground.tabs.collapse.rings import DISPLACEMENT, JITTER, RADII, WIDTH, drawn, rings


def test_the_classes_of_the_rings_are_their_radii():
    data = rings()
    radius = data.probe.norm(dim=1).numpy()
    for label, expected in enumerate(RADII):
        assert radius[data.labels == label].mean() == pytest.approx(expected, abs=0.01)
        assert radius[data.labels == label].std() == pytest.approx(WIDTH, rel=0.2)


def test_the_rings_go_all_around():
    assert rings().inputs.mean(dim=0).abs().max() < 0.05


def test_drawn_points_are_copied_until_batches_can_be_filled():
    points = ((-100, 0), (0, 100), (100, 0))
    data = drawn(points)
    away = torch.cdist(data.inputs, torch.tensor(points) / 100)
    assert np.bincount(away.argmin(dim=1).numpy()).min() >= len(data.inputs) // 3
    assert away.min(dim=1).values.max() < 6 * JITTER
    assert data.classes == ("your points",)
    assert set(data.labels.tolist()) == {0}


@pytest.mark.parametrize("points", [(), ((0, 0),), ((0, 0), (1, 1))])
def test_fewer_than_three_points_are_a_sentence(points):
    with pytest.raises(InvalidRequest, match="Draw at least 3 points"):
        drawn(points)


def test_a_view_moves_each_point_by_itself():
    data = rings()
    moved = data.view(data.inputs, torch.Generator().manual_seed(0), 2.0) - data.inputs
    assert moved.std(dim=0).numpy() == pytest.approx(2 * DISPLACEMENT, rel=0.05)
    assert abs(np.corrcoef(moved.numpy().T)[0, 1]) < 0.1
