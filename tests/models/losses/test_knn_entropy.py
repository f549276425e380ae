from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma, gammaln

from models.losses.knn_entropy import entropy_gap, knn_entropy

TRUTH = 0.5 * math.log(2 * math.pi * math.e)  # nats a dimension of N(0, I)


def normal(points: int, dimension: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(points, dimension, generator=generator, dtype=torch.float64)


def naive(codes: np.ndarray, k: int) -> float:
    points, dimension = codes.shape
    total = 0.0
    for point in codes:
        distances = sorted(math.dist(point, other) for other in codes)
        total += math.log(distances[k])  # distances[0] is the point itself
    ball = dimension / 2 * math.log(math.pi) - gammaln(dimension / 2 + 1)
    return dimension * total / points + ball + digamma(points) - digamma(k)


@settings(max_examples=10, deadline=None)
@given(st.integers(5, 40), st.integers(1, 9), st.integers(1, 4), st.integers(0, 99))
def test_it_equals_a_naive_loop(points, dimension, k, seed):
    codes = 3 + 2 * normal(points, dimension, seed)
    assert knn_entropy(codes, k).item() == pytest.approx(naive(codes.numpy(), k), abs=1e-9)


@pytest.mark.parametrize(
    ("dimension", "k", "bias"), [(2, 1, -0.05), (2, 3, 0.08), (8, 1, -0.03), (8, 3, -0.05), (16, 1, 0.6), (32, 3, 3.7)]
)
def test_on_a_standard_normal_it_is_off_by_the_bias_that_was_measured(dimension, k, bias):
    estimates = [knn_entropy(normal(512, dimension, seed), k).item() for seed in range(8)]
    assert np.mean(estimates) - dimension * TRUTH == pytest.approx(bias, abs=0.15)


@pytest.mark.parametrize("k", [1, 3])
def test_its_gradient_equals_finite_differences(k):
    codes = normal(12, 3).requires_grad_()
    assert torch.autograd.gradcheck(lambda codes: knn_entropy(codes, k), (codes,))


def test_scaling_the_codes_adds_the_logarithm_of_the_scale_in_every_dimension():
    codes = normal(100, 5)
    assert (knn_entropy(7 * codes) - knn_entropy(codes)).item() == pytest.approx(5 * math.log(7))


def test_far_from_the_origin_single_precision_still_finds_the_neighbours():
    codes = normal(200, 4)
    far = (codes + 1000).float()
    assert knn_entropy(far).item() == pytest.approx(knn_entropy(far.double()).item(), abs=1e-3)


def test_equal_codes_give_a_finite_estimate_and_gradient():
    codes = torch.zeros(8, 2, requires_grad=True)
    entropy = knn_entropy(codes)
    entropy.backward()
    assert entropy.isfinite()
    assert codes.grad is not None
    assert codes.grad.isfinite().all()


@pytest.mark.parametrize("k", [0, 8])
def test_the_neighbour_must_be_another_code(k):
    with pytest.raises(ValueError, match="from 1 to 7"):
        knn_entropy(normal(8, 2), k)


def test_a_standard_normal_has_next_to_no_gap():
    gaps = [entropy_gap(normal(512, 8, seed), seed=100 + seed).item() for seed in range(8)]
    assert np.mean(gaps) == pytest.approx(0, abs=0.15)


def test_a_narrower_normal_lacks_the_entropy_it_should():
    assert entropy_gap(normal(512, 8) / 2, seed=0).item() == pytest.approx(8 * math.log(2), abs=0.5)


def test_reduced_precision_around_it_leaves_the_estimate_alone():
    codes = normal(256, 16).float()
    with torch.autocast("cpu", torch.bfloat16):
        inside = knn_entropy(codes)
    assert inside == knn_entropy(codes)
