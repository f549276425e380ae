"""nuisance-64: what a view keeps, what it draws anew, and that the raw inputs hide the classes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from playground.tabs.collapse.nuisance import AMPLITUDE, SIGNAL, nuisance, rotation


def _two_views(noise: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Two views of all inputs in the coordinates before the rotation, (N, 64) each."""
    data = nuisance()
    draw = torch.Generator().manual_seed(3)
    return tuple(data.view(data.inputs, draw, noise) @ rotation() for _ in range(2))  # type: ignore[return-value]


def test_the_rotation_is_orthogonal() -> None:
    assert torch.allclose(rotation() @ rotation().T, torch.eye(64), atol=1e-5)


def test_two_views_have_the_signal_of_their_input() -> None:
    signal = (nuisance().inputs @ rotation())[:, :SIGNAL]
    for view in _two_views(1.0):
        assert torch.allclose(view[:, :SIGNAL], signal, atol=1e-4)


def test_the_nuisance_of_two_views_is_uncorrelated() -> None:
    one, two = (view[:, SIGNAL:] for view in _two_views(1.0))
    own = (nuisance().inputs @ rotation())[:, SIGNAL:]
    for a, b in ((one, two), (one, own)):
        assert abs((a * b).mean().item()) / AMPLITUDE**2 < 0.01  # 4,096 x 52 products, standard error 0.002


@pytest.mark.parametrize("noise", [0.5, 1.0, 2.0])
def test_the_nuisance_of_a_view_is_as_strong_as_asked(noise: float) -> None:
    assert _two_views(noise)[0][:, SIGNAL:].std().item() == pytest.approx(AMPLITUDE * noise, rel=0.01)


def test_views_without_noise_are_equal() -> None:
    one, two = _two_views(0.0)
    assert torch.equal(one, two)


def test_the_generator_alone_decides_a_view() -> None:
    data = nuisance()
    views = [data.view(data.inputs[:8], torch.Generator().manual_seed(5), 1.0) for _ in range(2)]
    assert torch.equal(*views)


def test_the_probe_is_balanced_and_not_trained_on() -> None:
    data = nuisance()
    assert np.ptp(np.bincount(data.labels)) <= 1
    assert torch.cdist(data.probe, data.inputs).min() > 1


def _neighbours(points: torch.Tensor, labels: np.ndarray) -> float:  # type: ignore[type-arg]
    """Leave-one-out accuracy of 20 cosine neighbours."""
    vote = KNeighborsClassifier(20, metric="cosine", algorithm="brute")
    return float(cross_val_score(vote, points.numpy(), labels, cv=LeaveOneOut()).mean())


def test_the_signal_tells_the_classes_and_the_inputs_hide_them() -> None:
    data = nuisance()
    every = slice(0, None, 2)
    probe, labels = data.probe[every], data.labels[every]
    assert _neighbours((probe @ rotation())[:, :SIGNAL], labels) > 0.97
    assert 0.5 < _neighbours(probe, labels) < 0.93


def test_random_layers_hide_the_classes_further() -> None:
    data = nuisance()
    draw = torch.Generator().manual_seed(0)
    hidden = data.probe
    for _ in range(3):
        weight = torch.randn(hidden.shape[1], 128, generator=draw) / hidden.shape[1] ** 0.5
        hidden = torch.relu(torch.nn.functional.batch_norm(hidden @ weight, None, None, training=True))
    output = hidden @ torch.randn(128, 64, generator=draw)
    assert _neighbours((output - output.mean(0))[::2], data.labels[::2]) < 0.65
