import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from playground.tabs.collapse.dynamics.runge_kutta import solve
from playground.tabs.collapse.dynamics.two_numbers import Toy, loss

phis = st.floats(-1.5, 2.5).map(lambda value: round(value, 3))
thetas = st.floats(0.05, 2).map(lambda value: round(value, 3))
signs = st.sampled_from([-1, 1])
rates = st.floats(0.1, 5).map(lambda value: round(value, 2))
stops = st.booleans()
LONGEST = 1e5


def slope(toy):
    return lambda point: np.array(toy.flow(point[0], point[1]))


def rate_at_rest(toy, phi, theta):
    """How fast the flow comes to its end: the eigenvalue of its linearisation there."""
    if theta:
        return toy.phi_rate * theta**2
    return toy.theta_rate * (phi - 1) * (phi if toy.stop_gradient else phi - 1)


@settings(max_examples=60, deadline=None)
@given(stops, phis, thetas, signs, rates, rates)
def test_the_flow_reaches_its_exact_end(stop, phi, theta, sign, phi_rate, theta_rate):
    toy = Toy(stop, phi_rate, theta_rate)
    end = toy.end(phi, sign * theta)
    assume(rate_at_rest(toy, *end) > 0.05)
    times = np.concatenate([[0], np.geomspace(1, LONGEST, 60)])
    path = pairwise(solve(slope(toy), np.array([phi, sign * theta]), times))
    assert any(np.abs(np.array(two) - end).max() < 1e-4 for two in path)


@settings(max_examples=40, deadline=None)
@given(stops, phis, thetas, signs, rates, rates)
def test_the_invariant_is_conserved(stop, phi, theta, sign, phi_rate, theta_rate):
    toy = Toy(stop, phi_rate, theta_rate)
    path = np.array(list(solve(slope(toy), np.array([phi, sign * theta]), np.linspace(0, 20, 9))))
    values = toy.invariant(path[:, 0], path[:, 1])
    np.testing.assert_allclose(values, values[0], atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(stops, phis, thetas, rates, rates)
def test_the_end_is_at_rest_on_the_level_of_the_start(stop, phi, theta, phi_rate, theta_rate):
    toy = Toy(stop, phi_rate, theta_rate)
    end_phi, end_theta = toy.end(phi, theta)
    assert end_phi == 1 or end_theta == 0
    assert toy.invariant(end_phi, end_theta) == pytest.approx(toy.invariant(phi, theta), rel=1e-9, abs=1e-9)


@given(stops, phis, thetas, rates)
def test_a_negative_encoder_mirrors_a_positive_one(stop, phi, theta, theta_rate):
    toy = Toy(stop, 1.0, theta_rate)
    (end_phi, end_theta), mirrored = toy.end(phi, theta), toy.end(phi, -theta)
    assert mirrored == (end_phi, -end_theta)


@given(stops, phis, st.floats(-2, 2), rates, rates)
def test_the_flow_is_the_gradient_that_autograd_finds(stop, phi, theta, phi_rate, theta_rate):
    numbers = torch.tensor([phi, theta], dtype=torch.float64, requires_grad=True)
    target = numbers[1].detach() if stop else numbers[1]
    (0.5 * (numbers[0] * numbers[1] - target) ** 2).backward()
    found = Toy(stop, phi_rate, theta_rate).flow(np.array(phi), np.array(theta))
    expected = -numbers.grad.numpy() * (phi_rate, theta_rate)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_sus_start_ends_where_the_closed_form_says():
    with_stop, without = Toy(True).end(0.6, 0.1), Toy(False).end(0.6, 0.1)
    assert with_stop == pytest.approx((1, 0.80623), abs=5e-6)
    assert without == pytest.approx((0.61270, 0), abs=5e-6)


@given(st.floats(0, 1), thetas)
def test_between_zero_and_one_stop_gradient_always_saves_the_encoder(phi, theta):
    assert Toy(True).end(phi, theta) == pytest.approx((1, math.sqrt(1 - (phi**2 - theta**2))))


@given(st.floats(-0.9, -0.11))
def test_below_zero_it_may_collapse_although_the_root_exists(phi):
    assert 1 - (phi**2 - 0.1**2) > 0
    assert Toy(True).end(phi, 0.1) == pytest.approx((-math.sqrt(phi**2 - 0.01), 0))


def test_far_beyond_one_there_is_no_root_and_the_encoder_collapses():
    assert Toy(True).end(2.0, 1.0) == pytest.approx((math.sqrt(3), 0))


def test_a_large_encoder_is_not_lost_without_stop_gradient():
    assert Toy(False).end(0.6, 1.0) == pytest.approx((1, math.sqrt(1 - 0.16)))


@given(stops, phis)
def test_a_collapsed_encoder_stays_collapsed(stop, phi):
    toy = Toy(stop)
    assert toy.end(phi, 0.0) == pytest.approx((phi, 0), abs=1e-12)
    assert toy.flow(np.array(phi), np.array(0.0)) == (0, 0)


@given(stops, st.floats(-2, 2))
def test_a_predictor_that_fits_moves_nothing(stop, theta):
    assert Toy(stop).end(1.0, theta) == pytest.approx((1, theta))


@pytest.mark.parametrize("phi", [-0.5, 0.5, 1.5])
def test_with_stop_gradient_collapse_repels_only_between_zero_and_one(phi):
    _, with_stop = Toy(True).flow(np.array(phi), np.array(1e-3))
    _, without = Toy(False).flow(np.array(phi), np.array(1e-3))
    assert (with_stop > 0) == (0 < phi < 1)
    assert without < 0


def test_the_loss_is_half_the_squared_error():
    assert loss(np.array([0.6, 1]), np.array([0.1, 3])) == pytest.approx([0.0008, 0])
