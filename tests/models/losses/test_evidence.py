import math

import pytest
import torch

from models.losses.evidence import bits_per_dimension
from models.losses.normals import Normal, kl_divergence
from models.losses.pixels import BernoulliPixels
from models.nets.nvae import NVAE, NVAEConfig


def test_a_picture_known_for_sure_costs_nothing_and_a_coin_costs_a_bit():
    pictures = torch.tensor([0.0, 1.0, 1.0, 0.0]).view(1, 1, 2, 2)
    free = [torch.zeros(1, 3)]
    certain, coin = BernoulliPixels(200 * pictures - 100), BernoulliPixels(torch.zeros(1, 1, 2, 2))
    assert float(bits_per_dimension(free, certain, pictures)) == pytest.approx(0, abs=1e-6)
    assert float(bits_per_dimension(free, coin, pictures)) == pytest.approx(1)


def test_divergence_is_paid_for_by_all_numbers_of_the_picture():
    pictures = torch.zeros(2, 1, 2, 2)
    coin = BernoulliPixels(torch.zeros(2, 1, 2, 2))
    groups = [torch.full((2, 3, 1, 1), 0.5), torch.tensor([[1.0], [3.0]])]
    bits = bits_per_dimension(groups, coin, pictures)
    assert bits.tolist() == pytest.approx([1 + 2.5 / (4 * math.log(2)), 1 + 4.5 / (4 * math.log(2))])


def test_the_divergence_is_that_of_torch():
    prior, posterior = (Normal(*torch.randn(2, 1, 5).unbind()) for _ in range(2))
    expected = torch.distributions.kl_divergence(
        torch.distributions.Normal(posterior.mean, posterior.deviation),
        torch.distributions.Normal(prior.mean, prior.deviation),
    ).sum()
    pictures, coin = torch.zeros(1, 1, 1, 1), BernoulliPixels(torch.zeros(1, 1, 1, 1))
    bits = bits_per_dimension([kl_divergence(posterior, prior)], coin, pictures)
    assert float(bits) == pytest.approx(1 + float(expected) / math.log(2), rel=1e-4)


def test_a_model_that_knows_nothing_costs_about_eight_bits():
    torch.manual_seed(0)
    shape = {"widths": (4, 4), "groups": (0, 1), "latent_channels": 2, "expansion": 2, "mixtures": 2}
    model = NVAE(NVAEConfig(side=8, **shape)).eval()
    pictures = torch.randint(0, 256, (3, 3, 8, 8)) / 255
    with torch.inference_mode():
        encoding = model(pictures)
        bits = bits_per_dimension(encoding.kl, encoding.pixels, pictures)
    assert bits.shape == (3,)
    assert ((bits > 7) & (bits < 12)).all()
