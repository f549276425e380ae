from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.losses.mmd import SCALES, mmd


def normal(points: int, dimension: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(points, dimension, generator=generator, dtype=torch.float64)


def kernel(left: np.ndarray, right: np.ndarray) -> float:
    squared = float(((left - right) ** 2).sum())
    return sum(2 * len(left) * scale / (2 * len(left) * scale + squared) for scale in SCALES)


def naive(codes: np.ndarray, prior: np.ndarray) -> float:
    points = len(codes)
    total = 0.0
    for i in range(points):
        for j in range(points):
            if i != j:
                total += (kernel(codes[i], codes[j]) + kernel(prior[i], prior[j])) / (points * (points - 1))
            total -= 2 * kernel(codes[i], prior[j]) / points**2
    return total


@settings(max_examples=8, deadline=None)
@given(st.integers(2, 12), st.integers(1, 6), st.floats(-3, 3), st.integers(0, 99))
def test_it_equals_a_naive_double_loop(points, dimension, shift, seed):
    codes, prior = shift + normal(points, dimension, seed), normal(points, dimension, 1000 + seed)
    assert mmd(codes, prior).item() == pytest.approx(naive(codes.numpy(), prior.numpy()), abs=1e-9)


def test_it_is_about_nothing_between_draws_of_one_distribution_and_grows_with_their_distance():
    drawn = [mmd(normal(200, 4, seed), normal(200, 4, 100 + seed)).item() for seed in range(8)]
    assert np.mean(drawn) == pytest.approx(0, abs=0.02)
    near, far = (mmd(shift + normal(200, 4), normal(200, 4, 1)).item() for shift in (0.5, 1.0))
    assert 0.02 < near < far


def test_its_gradient_equals_finite_differences():
    codes = normal(6, 3).requires_grad_()
    assert torch.autograd.gradcheck(lambda codes: mmd(codes, normal(6, 3, 1)), (codes,))


def test_reduced_precision_around_it_leaves_it_alone():
    codes, prior = normal(64, 8).float(), normal(64, 8, 1).float()
    with torch.autocast("cpu", torch.bfloat16):
        inside = mmd(codes, prior)
    assert inside == mmd(codes, prior)
