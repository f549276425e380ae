import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.collapse.dynamics.fixed_points import fixed_points, growth, largest_weight_decay, resting_curve
from playground.tabs.collapse.dynamics.linear import Networks, Setting, flow
from playground.tabs.collapse.dynamics.modes import modes
from playground.tabs.collapse.dynamics.runge_kutta import solve

variances, taus, alphas = st.floats(0, 2), st.floats(0.5, 1.5), st.floats(0.2, 5)


def diagonal(p, s):
    """Networks whose modes are decoupled from the start."""
    encoder = np.diag(np.sqrt(s))
    return Networks(encoder, np.diag(p), encoder)


def followed(start, setting, until):
    states = solve(lambda y: flow(Networks.of(y), setting).flat(), start.flat(), np.array([0, until]))
    *_, last = states
    return modes(Networks.of(last), setting)


@given(st.floats(1e-3, 0.5), variances, taus)
def test_the_fixed_points_are_the_roots_of_the_scalar_flow(decay, variance, tau):
    setting = Setting(weight_decay=decay, variance=variance)
    roots = np.roots([-(1 + variance), tau, -decay, 0])
    found = [point.p for point in fixed_points(setting, tau)]
    if abs(decay - largest_weight_decay(setting, tau)) > 1e-6:
        expected = sorted(root.real for root in roots if abs(root.imag) < 1e-9)
        np.testing.assert_allclose(found, expected, atol=1e-7)


@given(variances, taus, st.floats(0.01, 0.99))
def test_the_useful_point_exists_only_below_the_bound(variance, tau, share):
    bound = largest_weight_decay(Setting(variance=variance), tau)
    assert bound == pytest.approx(tau**2 / (4 * (1 + variance)))
    below, above = (Setting(weight_decay=bound * factor, variance=variance) for factor in (share, 1 + share))
    assert [point.slope < 0 for point in fixed_points(below, tau)] == [True, False, True]
    assert [point.slope < 0 for point in fixed_points(above, tau)] == [True]


@settings(max_examples=15, deadline=None)
@given(st.floats(0.1, 0.8), st.floats(0, 0.5), taus)
def test_from_both_sides_the_scalar_flow_leaves_unstable_points_and_seeks_stable_ones(share, variance, tau):
    decay = share * largest_weight_decay(Setting(variance=variance), tau)
    setting = Setting(weight_decay=decay, variance=variance)
    collapse, unstable, useful = (point.p for point in fixed_points(setting, tau))
    away = 0.01 * (useful - unstable)
    starts = np.array([unstable - away, unstable + away, useful - away, useful + away])
    *_, last = solve(lambda p: p * growth(p, setting, tau), starts, np.array([0, 1500.0]))
    np.testing.assert_allclose(last, [collapse, useful, useful, useful], atol=1e-4)


@given(st.floats(0, 0.5), variances, st.lists(st.floats(0.01, 2), min_size=2, max_size=2), st.booleans(), alphas)
def test_decoupled_modes_follow_the_scalar_equations(decay, variance, values, stop, alpha):
    setting = Setting(alpha, decay, variance, stop_gradient=stop)
    p, s = np.array(values), np.array([0.3, 1.2])
    start = diagonal(p, s)
    change = flow(start, setting)
    s_change = 2 * np.diag(start.encoder) * np.diag(change.encoder)
    np.testing.assert_allclose(s_change, 2 * s * growth(p, setting), atol=1e-9)
    expected = alpha * s * (1 - (1 + variance) * p) - decay * p
    np.testing.assert_allclose(np.diag(change.predictor), expected, atol=1e-9)


@settings(max_examples=10, deadline=None)
@given(st.floats(0, 0.2), variances, alphas, st.floats(0.05, 1))
def test_what_a_mode_lacks_to_the_parabola_decays_with_the_weights(decay, variance, alpha, p):
    setting = Setting(alpha, decay, variance)
    now = followed(diagonal([p, 0.5], [0.7, 0.2]), setting, 4.0)
    order = np.argsort(-now.s)
    off = sorted((now.s - now.p**2 / alpha)[order])
    expected = sorted((np.array([0.7, 0.2]) - np.array([p, 0.5]) ** 2 / alpha) * np.exp(-2 * decay * 4))
    np.testing.assert_allclose(off, expected, atol=1e-6)


@pytest.mark.parametrize("alpha", [0.5, 1.0, 3.0])
def test_modes_of_matrices_end_at_the_collapsed_and_the_useful_point(alpha):
    setting = Setting(alpha, 0.1, 0.2)
    collapse, unstable, useful = fixed_points(setting)
    p = np.array([unstable.p - 0.03, unstable.p + 0.03])
    now = followed(diagonal(p, p**2 / alpha), setting, 400.0)
    np.testing.assert_allclose(now.p, [useful.p, collapse.p], atol=1e-4)
    np.testing.assert_allclose(now.s, [useful.s, collapse.s], atol=1e-4)
    np.testing.assert_allclose(resting_curve(np.array([useful.s]), setting, 0.0), useful.p)


@given(st.floats(0, 3), variances, st.floats(0, 0.5))
def test_without_stop_gradient_no_mode_grows(p, variance, decay):
    rate = growth(np.array(p), Setting(weight_decay=decay, variance=variance, stop_gradient=False))
    assert rate == pytest.approx(-((1 - p) ** 2) - variance * (1 + p**2) - decay)
    assert rate <= 1e-12


def test_without_predictor_or_stop_gradient_collapse_is_all_there_is():
    settings_ = Setting(weight_decay=0.1, predictor="none"), Setting(weight_decay=0.1, stop_gradient=False)
    assert [[(point.p, point.s, point.slope < 0) for point in fixed_points(each)] for each in settings_] == [
        [(1, 0, True)],
        [(0, 0, True)],
    ]
    assert resting_curve(np.array([0.5]), settings_[0], 1.0) == 1
    assert resting_curve(np.array([0.5]), settings_[1], 1.0) is None


def test_without_weight_decay_the_collapsed_point_is_no_longer_stable():
    points = fixed_points(Setting(variance=0.25))
    assert [(point.p, point.slope < 0) for point in points] == [(0, False), (0, False), (0.8, True)]


def test_directpred_ends_at_the_useful_point_of_its_own_curve():
    setting = Setting(weight_decay=0.05, variance=0.2, predictor="directpred", epsilon=0.2)
    now = followed(diagonal([0, 0], [0.7, 0.3]), setting, 200.0)
    largest = float(now.s.max())
    collapse, unstable, useful = fixed_points(setting, largest=largest)
    np.testing.assert_allclose(now.p, useful.p, atol=1e-6)
    np.testing.assert_allclose(now.s, useful.s, atol=1e-6)
    np.testing.assert_allclose(resting_curve(now.s, setting, largest), now.p)
    assert collapse.p == pytest.approx(0.2 * largest)
    assert collapse.slope > 0
    assert collapse.p > unstable.p
