from types import SimpleNamespace

import numpy as np
import pytest
import torch

from models.losses.frechet import frechet_distance
from playground.tabs.sampling.autoencoders.measuring import Measuring, to_bytes
from tests.tabs.sampling.autoencoders.runs import Pixels, few_digits

LATENTS = 4


class Given:
    """An autoencoder whose codes are normal draws of this mean and deviation; it keeps what it decodes."""

    def __init__(self, treatment="wae", mean=0.0, deviation=1.0):
        self.config = SimpleNamespace(treatment=treatment)
        self.mean, self.deviation, self.decoded = mean, deviation, []

    def encode(self, pictures):
        draw = torch.Generator().manual_seed(len(pictures))
        return self.mean + self.deviation * torch.randn(len(pictures), LATENTS, generator=draw)

    def decode(self, codes):
        self.decoded.append(codes)
        return torch.sigmoid(codes[:, :1, None, None]).expand(-1, 1, 8, 8)


@pytest.fixture(scope="module")
def measuring():
    return Measuring(few_digits(600, 300), Pixels(), seed=3, latents=LATENTS)


def test_the_reference_is_the_distance_of_as_many_test_pictures(measuring):
    digits, features = few_digits(600, 300), Pixels().features
    assert measuring.count == 192
    assert measuring.reference == frechet_distance(features(digits.test[:192]), features(digits.train))


def test_normal_codes_have_no_entropy_gap(measuring):
    assert measuring.tell(Given()).gap == pytest.approx(0, abs=0.4)


@pytest.mark.parametrize("deviation", [0.5, 2.0])
def test_the_gap_of_wider_codes_is_less_by_the_logarithm_of_their_deviation(measuring, deviation):
    usual, wider = (measuring.tell(Given(deviation=each)).gap for each in (1.0, deviation))
    assert usual - wider == pytest.approx(LATENTS * np.log(deviation), abs=1e-3)


def test_a_plain_autoencoder_has_no_scale_that_could_be_wrong(measuring):
    gaps = [measuring.tell(Given("ae", *moments)).gap for moments in ((0.0, 1.0), (7.0, 0.1))]
    assert gaps[0] == pytest.approx(gaps[1], abs=1e-3)


def test_noise_comes_as_it_is_scaled_and_from_the_mixture(measuring):
    model = Given(mean=5.0, deviation=0.5)
    measuring.tell(model)
    _, normal, mixture, scaled = model.decoded
    assert abs(normal.mean()) < 0.2
    for codes in (mixture, scaled):
        assert codes.mean() == pytest.approx(5, abs=0.1)
        assert codes.std() == pytest.approx(0.5, abs=0.1)


def test_the_same_noise_is_used_every_time(measuring):
    one, other = Given(), Given()
    measuring.tell(one)
    measuring.tell(other)
    assert all(torch.equal(a, b) for a, b in zip(one.decoded, other.decoded, strict=True))


def test_pictures_become_bytes_channels_last():
    pictures = torch.tensor([0.0, 0.5, 1.0]).reshape(1, 3, 1, 1).expand(2, 3, 4, 5)
    found = to_bytes(pictures)
    assert found.shape == (2, 4, 5, 3)
    assert found[1, 2, 3].tolist() == [0, 128, 255]
