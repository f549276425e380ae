import pytest
import torch

from playground.tabs.sampling.critic.sources import HELD_OUT, source

NAMES = ["line", "moons", "mixture", "rings", "digits"]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("name", NAMES)
def test_every_source_draws_points_and_keeps_some_apart(name):
    found = source(name)
    points = found.draw(16, generator())
    assert points.shape == (16, found.dimension)
    assert found.held_out.shape == found.others.shape == (HELD_OUT, found.dimension)
    assert not (found.held_out == found.others).all(1).any()


@pytest.mark.parametrize("name", NAMES)
def test_the_same_generator_draws_the_same_points(name):
    one, other = (source(name).draw(8, generator(3)) for _ in range(2))
    torch.testing.assert_close(one, other, rtol=0, atol=0)


@pytest.mark.parametrize("name", ["line", "moons", "mixture", "rings"])
def test_the_normal_fake_has_the_points_mean_and_covariance(name):
    found, draw = source(name), generator()
    fake, real = found.normal(20_000, draw), found.draw(20_000, draw)
    torch.testing.assert_close(fake.mean(0), real.mean(0), rtol=0, atol=0.03)
    torch.testing.assert_close(fake.T.cov(), real.T.cov(), rtol=0, atol=0.03)


def test_the_mixtures_heaps_lie_on_a_circle():
    points = source("mixture").draw(500, generator())
    assert (points.norm(dim=1) - 1).abs().max() < 0.25


def test_digits_held_out_are_not_trained_on():
    digits = source("digits")
    trained = digits.draw(2000, generator())
    assert len(trained) < 2000
    assert torch.cdist(digits.held_out, trained).min() > 0
