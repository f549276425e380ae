from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.collapse.dynamics.linear import (
    Networks,
    Setting,
    direct_predictor,
    flow,
    loss,
    predictor_of,
    target_size,
)
from playground.tabs.collapse.dynamics.runge_kutta import solve

seeds = st.integers(0, 1000)


def networks(seed=0, d=3):
    generator = np.random.default_rng(seed)
    return Networks(*generator.normal(size=(3, d, d)) / 2)


def followed(start, setting, until=5.0, pictures=2):
    times = np.linspace(0, until, pictures)
    return [Networks.of(y) for y in solve(lambda y: flow(Networks.of(y), setting).flat(), start.flat(), times)]


def expected_loss(w, w_p, w_a, variance):
    """Half the mean square error over all inputs +-sqrt(d) e_i and noises +-sigma sqrt(d) e_j of two views."""
    d = len(w)
    corners = torch.cat([torch.eye(d, dtype=torch.float64), -torch.eye(d, dtype=torch.float64)]) * d**0.5
    total = torch.zeros((), dtype=torch.float64)
    for x, first, second in product(corners, corners, corners):
        predicted, target = w_p @ w @ (x + variance**0.5 * first), w_a @ (x + variance**0.5 * second)
        total = total + ((predicted - target) ** 2).sum() / 2
    return total / len(corners) ** 3


@pytest.mark.parametrize("stop", [True, False])
@pytest.mark.parametrize("variance", [0.0, 0.7])
def test_the_flow_is_the_gradient_of_the_expected_loss(stop, variance):
    start = networks()
    w, w_p = (torch.tensor(of, requires_grad=True) for of in (start.encoder, start.predictor))
    value = expected_loss(w, w_p, w.detach() if stop else w, variance)
    value.backward()
    setting = Setting(3.0, 0.1, variance, stop_gradient=stop, symmetric=False)
    found = flow(start, setting)
    np.testing.assert_allclose(found.encoder, -w.grad.numpy() - 0.1 * start.encoder, atol=1e-9)
    np.testing.assert_allclose(found.predictor, -3 * w_p.grad.numpy() - 0.1 * start.predictor, atol=1e-9)
    assert loss(start, setting) == pytest.approx(float(value.detach()))


def test_with_a_moving_average_the_flow_follows_the_targets_loss():
    start = networks(1)
    w, w_p = (torch.tensor(of, requires_grad=True) for of in (start.encoder, start.predictor))
    value = expected_loss(w, w_p, torch.tensor(start.target), 0.3)
    value.backward()
    setting = Setting(variance=0.3, target_rate=2.0, symmetric=False)
    found = flow(start, setting)
    np.testing.assert_allclose(found.encoder, -w.grad.numpy(), atol=1e-9)
    np.testing.assert_allclose(found.target, 2 * (start.encoder - start.target))
    assert loss(start, setting) == pytest.approx(float(value.detach()))


@settings(max_examples=10, deadline=None)
@given(seeds, st.floats(0.2, 5), st.floats(0, 0.5), st.sampled_from([None, 0.5]))
def test_the_balance_of_encoder_and_predictor_decays_with_the_weights(seed, rate, decay, target_rate):
    setting = Setting(rate, decay, 0.2, target_rate, symmetric=False)
    start, end = followed(networks(seed, 4), setting)
    balance = [each.encoder @ each.encoder.T - each.predictor.T @ each.predictor / rate for each in (start, end)]
    np.testing.assert_allclose(balance[1], np.exp(-2 * decay * 5) * balance[0], atol=1e-6)


@given(seeds, st.floats(0, 2))
def test_without_predictor_stop_gradient_only_halves_the_step(seed, variance):
    both, with_stop = (
        flow(networks(seed), Setting(variance=variance, predictor="none", stop_gradient=stop)).encoder
        for stop in (False, True)
    )
    np.testing.assert_allclose(both, 2 * with_stop, atol=1e-12)


def test_without_predictor_the_encoder_decays_exponentially():
    start, end = followed(networks(), Setting(weight_decay=0.1, variance=0.4, predictor="none"))
    np.testing.assert_allclose(end.encoder, np.exp(-0.5 * 5) * start.encoder, atol=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_without_stop_gradient_the_encoder_goes_to_zero(seed):
    path = followed(networks(seed), Setting(variance=0.2), 40.0, 9)
    kept, lost = path[-1], followed(networks(seed), Setting(variance=0.2, stop_gradient=False), 40.0)[-1]
    assert np.linalg.norm(lost.encoder) < 1e-4
    assert np.linalg.norm(kept.encoder) > 0.1


@settings(deadline=None)
@given(seeds, st.floats(0, 1))
def test_directpreds_eigenvalues_are_as_stated(seed, epsilon):
    root = np.random.default_rng(seed).normal(size=(5, 5))
    features = root @ root.T
    s, u = np.linalg.eigh(features)
    predictor = direct_predictor(features, epsilon)
    np.testing.assert_allclose(np.linalg.eigvalsh(predictor), np.sqrt(s) + epsilon * s.max(), rtol=1e-6)
    np.testing.assert_allclose(u.T @ predictor @ u, np.diag(np.diag(u.T @ predictor @ u)), atol=1e-6)


def test_directpred_of_nothing_is_nothing():
    assert direct_predictor(np.zeros((2, 2)), 0.5).tolist() == [[0, 0], [0, 0]]


def test_a_symmetric_predictor_stays_symmetric():
    start = networks()
    symmetric = Networks(start.encoder, start.predictor + start.predictor.T, start.target)
    _, end = followed(symmetric, Setting(variance=0.2, weight_decay=0.05))
    np.testing.assert_allclose(end.predictor, end.predictor.T, atol=1e-12)


def test_the_predictor_that_acts_is_the_one_chosen():
    start = networks()
    assert predictor_of(start, Setting()) is start.predictor
    assert predictor_of(start, Setting(predictor="none")).tolist() == np.eye(3).tolist()
    expected = direct_predictor(start.encoder @ start.encoder.T, 0.1)
    np.testing.assert_allclose(predictor_of(start, Setting(predictor="directpred")), expected)


def test_the_size_of_the_target_is_its_share_of_the_encoder():
    start = networks()
    double = Networks(start.encoder, start.predictor, 2 * start.encoder)
    assert target_size(double, Setting(target_rate=1.0)) == pytest.approx(2)
    assert target_size(double, Setting()) == 1
    assert target_size(Networks(*np.zeros((3, 2, 2))), Setting(target_rate=1.0)) == 1
