import numpy as np
import torch
from torch.distributions import kl_divergence

from models.losses.normals import Normal
from playground.tabs.sampling.drawing import from_bytes, to_bytes
from playground.tabs.sampling.groups import divergences, group_map


def pictures(count, side=32):
    return np.random.default_rng(0).integers(0, 256, (count, side, side, 3), np.uint8)


def normal(given: Normal):
    return torch.distributions.Normal(given.mean, given.deviation)


def test_bytes_go_through_pictures_unchanged():
    assert np.array_equal(to_bytes(from_bytes(pictures(2))), pictures(2))


def test_the_nats_are_those_of_the_encoder(hierarchy):
    with torch.inference_mode():
        expected = hierarchy(from_bytes(pictures(2))).kl
    for found, kl in zip(divergences(hierarchy, pictures(2)), expected, strict=True):
        torch.testing.assert_close(found, kl)


def test_the_top_group_is_measured_against_the_standard_normal(hierarchy):
    with torch.inference_mode():
        levels = hierarchy.bottom_up(2 * from_bytes(pictures(1)) - 1)
        features = hierarchy.top_down.start[None]
        relative = hierarchy.top_down.posteriors[0](levels[0], features)
        zeros = torch.zeros_like(relative.chunk(2, 1)[0])
        prior = Normal(zeros, zeros)
        expected = kl_divergence(normal(prior.moved(*relative.chunk(2, 1))), normal(prior))
    torch.testing.assert_close(divergences(hierarchy, pictures(1))[0], expected, rtol=1e-4, atol=1e-5)


def test_the_map_averages_over_pictures_and_sums_over_places_and_channels(hierarchy):
    found = group_map(hierarchy, pictures(3), pictures(1))
    for group, kl in enumerate(divergences(hierarchy, pictures(3))):
        channels = kl.mean(0).sum((1, 2))
        assert found.kl[group] == np.float32(channels.sum())
        assert found.active[group] == (channels > 0.1).sum()


def test_the_squares_add_up_to_the_subjects_nats(hierarchy):
    found = group_map(hierarchy, pictures(2), pictures(1))
    for nats, kl in zip(found.maps, divergences(hierarchy, pictures(1)), strict=True):
        assert np.isclose(nats.sum(), float(kl.sum()), rtol=1e-4)
