import numpy as np
import pytest
from scipy.integrate import solve_ivp

from playground.tabs.collapse.dynamics.runge_kutta import ERROR, STAGES, solve


def predators(y):
    return np.array([y[0] * (1 - y[1]), y[1] * (y[0] - 1)])


def test_the_solution_is_scipys():
    times = np.linspace(0, 12, 25)
    expected = solve_ivp(lambda _, y: predators(y), (0, 12), [2.0, 1.0], "DOP853", times, rtol=1e-12, atol=1e-12)
    found = np.array(list(solve(predators, np.array([2.0, 1.0]), times)))
    np.testing.assert_allclose(found, expected.y.T, atol=1e-6)


def test_a_decay_is_the_exponential_function():
    times = np.array([0.0, 0.1, 5.0])
    found = np.array(list(solve(lambda y: -y, np.ones((2, 2)), times)))
    np.testing.assert_allclose(found[:, 1, 1], np.exp(-times), atol=1e-8)


@pytest.mark.parametrize("tolerance", [1e-4, 1e-6, 1e-8])
def test_a_smaller_tolerance_brings_a_smaller_error(tolerance):
    *_, last = solve(lambda y: np.array([y[1], -y[0]]), np.array([1.0, 0.0]), np.array([0, 2 * np.pi]), tolerance)
    assert np.abs(last - (1, 0)).max() < 20 * tolerance


def test_a_stiff_start_does_not_need_small_steps_for_ever():
    calls = []
    *_, last = solve(lambda y: calls.append(1) or -y * (1 + 1000 * y), np.array([1.0]), np.array([0.0, 5.0]))
    np.testing.assert_allclose(last, 1 / (1001 * np.exp(5) - 1000), rtol=1e-3)
    assert len(calls) < 3000


def test_the_stages_weights_fit_times_between_zero_and_one():
    assert [sum(stage) for stage in STAGES] == pytest.approx([1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1])
    assert sum(ERROR) == pytest.approx(0, abs=1e-15)


def test_the_first_picture_is_the_start():
    assert next(solve(lambda y: -y, np.array([3.0]), np.array([0.0, 1.0]))) == 3
