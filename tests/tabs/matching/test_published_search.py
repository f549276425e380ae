import math

import numpy as np
import pytest
from scipy.optimize import minimize

from playground.tabs.matching.published_search import published_search
from playground.tabs.matching.thresholds import Sweep, best_of


def sample(seed, centre=0.7, count=200):
    generator = np.random.default_rng(seed)
    alike = generator.random(count) < 0.5
    return np.clip(centre + 0.1 * alike + 0.1 * generator.normal(size=count), -1, 1), alike


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_published_code(seed):
    scores, alike = sample(seed)
    loss = lambda t: -np.mean((scores > np.tanh(t)) == alike)  # noqa: E731
    expected = minimize(loss, 1, method="Powell")
    found = published_search(scores, alike)
    assert found.threshold == pytest.approx(math.tanh(expected.x.item()))
    assert found.accuracy == pytest.approx(-expected.fun)
    assert len(found.tried) == expected.nfev


@pytest.mark.parametrize("seed", range(4))
def test_the_sweep_is_never_worse(seed):
    scores, alike = sample(seed, centre=0.2 * seed)
    assert best_of(Sweep(scores, alike).cuts(), "accuracy").value >= published_search(scores, alike).accuracy


def test_it_starts_where_nothing_changes_and_stays_there():
    scores = np.linspace(0.1, 0.4, 60)
    alike = scores > 0.25
    found = published_search(scores, alike)
    assert found.tried[0][0] == pytest.approx(math.tanh(1))
    assert not found.moved
    assert (found.accuracy, best_of(Sweep(scores, alike).cuts(), "accuracy").value) == (0.5, 1.0)
