from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from playground.tabs.sampling.critic.wasserstein import wasserstein_1

seeds = st.integers(0, 2**32 - 1)


def points(seed, count, dimension):
    return np.random.default_rng(seed).normal(size=(2, count, dimension))


@settings(max_examples=20, deadline=None)
@given(seeds, st.integers(1, 6), st.integers(1, 4))
def test_it_is_the_best_of_all_permutations(seed, count, dimension):
    first, second = points(seed, count, dimension)
    best = min(np.linalg.norm(first - second[list(order)], axis=1).mean() for order in permutations(range(count)))
    assert wasserstein_1(first, second) == pytest.approx(best)


@settings(max_examples=20, deadline=None)
@given(seeds, st.integers(1, 50))
def test_on_a_line_it_is_scipys(seed, count):
    first, second = points(seed, count, 1)
    assert wasserstein_1(first, second) == pytest.approx(wasserstein_distance(first[:, 0], second[:, 0]))


def test_on_a_line_sorting_and_assigning_agree(draw):
    first, second = draw.normal(size=(2, 40, 1))
    in_a_plane = (np.hstack([each, np.zeros_like(each)]) for each in (first, second))
    assert wasserstein_1(first, second) == pytest.approx(wasserstein_1(*in_a_plane))


def test_a_shift_costs_its_length(draw):
    first = draw.normal(size=(20, 3))
    assert wasserstein_1(first, first[::-1] + np.array([0, 3, 4])) == pytest.approx(5)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_it_obeys_the_triangle_inequality(seed):
    first, second, third = np.random.default_rng(seed).normal(size=(3, 12, 2))
    assert wasserstein_1(first, third) <= wasserstein_1(first, second) + wasserstein_1(second, third) + 1e-12


def test_batches_of_different_sizes_are_refused():
    with pytest.raises(ValueError, match="same number"):
        wasserstein_1(np.zeros((2, 2)), np.zeros((3, 2)))
