import numpy as np
import pytest

from playground.tabs.collapse.dynamics.linear import Networks, Setting
from playground.tabs.collapse.dynamics.modes import commutator, modes


def networks(encoder, predictor):
    encoder = np.array(encoder, float)
    return Networks(encoder, np.array(predictor, float), encoder)


def rotation(degrees):
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def test_shared_eigenvectors_give_the_eigenvalues_and_no_angle():
    turned = rotation(30)
    shared = networks(turned @ np.diag([2, 1]), turned @ np.diag([0.4, 0.9]) @ turned.T)
    found = modes(shared, Setting())
    np.testing.assert_allclose(found.s, [4, 1])
    np.testing.assert_allclose(found.p, [0.4, 0.9])
    np.testing.assert_allclose(found.angles, 0, atol=1e-6)
    assert commutator(shared, Setting()) < 1e-12


@pytest.mark.parametrize("degrees", [10, 45, 80])
def test_a_predictor_that_turns_is_seen_as_its_angle(degrees):
    found = modes(networks(np.diag([2, 1]), rotation(degrees)), Setting())
    np.testing.assert_allclose(found.angles, degrees)


def test_the_commutator_is_that_of_the_two_matrices():
    mixed = networks(np.diag([2, 1]), [[1, 1], [1, 1]])
    assert commutator(mixed, Setting()) == pytest.approx(np.sqrt(18) / (np.sqrt(17) * 2))


def test_a_mode_is_followed_when_another_overtakes_it():
    before = modes(networks(np.diag([2, 1, 0.5]), np.diag([0.1, 0.2, 0.3])), Setting())
    after = modes(networks(np.diag([1, 2, 0.5]), np.diag([0.1, 0.2, 0.3])), Setting(), before)
    np.testing.assert_allclose(after.p, [0.1, 0.2, 0.3])
    np.testing.assert_allclose(after.s, [1, 4, 0.25])


def test_every_mode_is_followed_to_one_of_its_own():
    one, other = (networks(*pair) for pair in np.random.default_rng(0).normal(size=(2, 2, 6, 6)))
    followed = modes(other, Setting(), modes(one, Setting()))
    np.testing.assert_allclose(np.sort(followed.s), np.sort(modes(other, Setting()).s))


def test_a_mode_that_is_gone_has_no_angle():
    found = modes(networks(np.diag([1, 1e-4]), rotation(20)), Setting())
    np.testing.assert_allclose(found.angles, [20, np.nan])


def test_nothing_commutes_with_everything():
    assert commutator(networks(np.zeros((2, 2)), np.eye(2)), Setting()) == 0
