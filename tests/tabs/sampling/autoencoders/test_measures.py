import numpy as np
import pytest
from scipy.stats import norm

from playground.tabs.sampling.autoencoders.measures import (
    EDGES,
    NORMAL_QUANTILES,
    SHARES,
    histogram,
    normal_density,
    quantiles,
)

DRAWN = np.random.default_rng(0).normal(size=(20_000, 4)).astype(np.float32)


def test_the_histogram_of_normal_draws_is_the_normal_density():
    middles = (EDGES[1:] + EDGES[:-1]) / 2
    share = np.diff(norm.cdf(EDGES))
    error = np.sqrt(share * (1 - share) / DRAWN.size) / np.diff(EDGES)  # standard error of a bin's density
    assert np.abs(histogram(DRAWN) - share / np.diff(EDGES)).max() < 4 * error.max()
    assert normal_density(middles) == pytest.approx(norm.pdf(middles))


def test_what_lies_beyond_the_edges_counts_for_nothing_inside():
    width = EDGES[1] - EDGES[0]
    assert histogram(np.array([[0.1, 9.0], [-9.0, 0.1]])).sum() * width == pytest.approx(0.5)


def test_the_quantiles_of_normal_draws_lie_on_the_diagonal():
    assert quantiles(DRAWN) == pytest.approx(NORMAL_QUANTILES, abs=0.03)
    assert pytest.approx(norm.ppf(SHARES)) == NORMAL_QUANTILES
