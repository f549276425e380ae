from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.losses.frechet import frechet_distance, frechet_distance_of_normals


def rows(count: int, columns: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    mixing = torch.randn(columns, columns, generator=generator)
    return torch.randn(count, columns, generator=generator) @ mixing + seed


def test_equal_sets_are_at_distance_zero():
    assert frechet_distance(rows(50, 8, 1), rows(50, 8, 1)) == pytest.approx(0, abs=1e-8)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(0.1, 3), st.floats(0.1, 3)), min_size=1, max_size=6))
def test_it_is_the_closed_form_of_independent_normals(columns):
    shift, first, second = (torch.tensor(values, dtype=torch.float64) for values in zip(*columns, strict=True))
    expected = shift.square().sum() + (first - second).square().sum()
    found = frechet_distance_of_normals(shift, first.square().diag(), torch.zeros_like(shift), second.square().diag())
    assert found == pytest.approx(float(expected), abs=1e-9)


def test_it_agrees_with_the_matrix_square_root():
    first, second = rows(80, 6, 1).double(), rows(60, 6, 2).double()
    covariances = [np.cov(part.numpy(), rowvar=False) for part in (first, second)]
    root = scipy.linalg.sqrtm(covariances[0] @ covariances[1]).real
    expected = float((first.mean(0) - second.mean(0)).square().sum()) + np.trace(sum(covariances) - 2 * root)
    assert frechet_distance(first, second) == pytest.approx(expected, rel=1e-9)


def test_it_is_symmetric():
    first, second = rows(30, 5, 1), rows(40, 5, 2)
    assert frechet_distance(first, second) == pytest.approx(frechet_distance(second, first), rel=1e-9)


def test_constant_features_and_few_rows_are_no_exception():
    first, second = rows(4, 9, 1), rows(4, 9, 2)
    first[:, 0] = second[:, 0] = 7
    assert 0 < frechet_distance(first, second) < float("inf")


def test_moved_points_are_as_far_as_they_were_moved():
    assert frechet_distance(torch.zeros(3, 2), torch.tensor([[3.0, 4.0]]).expand(5, 2)) == pytest.approx(25)


@pytest.mark.parametrize(("first", "second"), [((1, 3), (5, 3)), ((5, 3), (5, 4))])
def test_sets_without_a_covariance_or_of_different_features_are_refused(first, second):
    with pytest.raises(ValueError, match="Give two sets"):
        frechet_distance(torch.zeros(first), torch.zeros(second))
