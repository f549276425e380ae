from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from models.losses.importance import importance_bound, log_weights
from models.losses.normals import kl_divergence
from models.losses.pixels import BernoulliPixels, LogisticMixture
from models.nets.nvae import NVAE, NVAEConfig
from tests.models.nets.tiny_nvae import FASHION, SHAPE, lively_nvae, random_pictures


def pictures_of(model: NVAE, count: int = 3) -> torch.Tensor:
    return random_pictures(count, model.config.channels, model.config.side)


def test_a_shape_knows_its_groups_from_the_top():
    config = NVAEConfig(**SHAPE)
    assert config.latent_shapes() == [(2, 4, 4), (2, 8, 8), (2, 8, 8)]
    assert config.scale_of_groups() == [0, 1, 1]
    assert NVAEConfig(groups=(2, 0, 0, 1)).scale_of_groups() == [0, 1, 1]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"groups": (1, 1)}, "Give every resolution"),
        ({"groups": (0, 0, 0)}, "one of them above 0"),
        ({"side": 18}, "halve evenly"),
        ({"groups": (100, 100, 100)}, "At most 256 cells"),
        ({"widths": (8, 0, 8)}, "Sizes start at 1"),
        ({"kernel": 4}, "a kernel has a middle"),
    ],
    ids=str,
)
def test_a_shape_of_no_network_is_refused_in_words(fields, sentence):
    with pytest.raises(ValueError, match=sentence):
        NVAEConfig(**(SHAPE | fields))


@pytest.mark.parametrize("fields", [{}, FASHION], ids=str)
def test_keeping_all_groups_is_the_reconstruction(fields):
    model = lively_nvae(**fields)
    pictures = pictures_of(model)
    decoded = model.decode(model.encode(pictures)).mean()
    assert decoded.shape == pictures.shape
    assert torch.allclose(decoded, model.reconstruct(pictures), atol=1e-5)


def test_keeping_none_is_a_sample():
    model = lively_nvae()
    subject, fresh = model.encode(pictures_of(model)), model.draw(3, seed=8)
    kept = [*subject[:0], *fresh[0:]]
    assert torch.equal(model.decode(kept, 0.7).mean(), model.sample(3, 0.7, seed=8))


def test_what_one_group_is_changed_to_is_seen():
    model = lively_nvae()
    noise, fresh = model.draw(1, seed=0), model.draw(1, seed=1)
    whole = model.decode(noise).mean()
    for group in range(3):
        changed = [fresh[place] if place == group else own for place, own in enumerate(noise)]
        assert not torch.allclose(model.decode(changed).mean(), whole, atol=1e-4)


def test_the_same_seed_gives_the_same_pictures_and_another_others():
    model = lively_nvae()
    assert torch.equal(model.sample(2, seed=3), model.sample(2, seed=3))
    assert not torch.equal(model.sample(2, seed=3), model.sample(2, seed=4))


def test_a_picture_is_the_same_however_many_are_asked_for():
    model = lively_nvae()
    few, many = model.draw(2, seed=3), model.draw(5, seed=3)
    assert all(torch.equal(one, other[:2]) for one, other in zip(few, many, strict=True))
    assert torch.allclose(model.sample(2, seed=3), model.sample(5, seed=3)[:2], atol=1e-6)


def test_noise_is_standard_normal():
    drawn = torch.cat([group.flatten(1) for group in lively_nvae().draw(200, seed=0)], 1)
    assert drawn.mean().item() == pytest.approx(0, abs=0.02)
    assert drawn.std().item() == pytest.approx(1, abs=0.02)
    assert torch.corrcoef(drawn[:8]).triu(1).abs().max() < 0.3


def test_drawing_leaves_the_random_numbers_of_others_where_they_were():
    model, before = lively_nvae(), torch.random.get_rng_state()
    model.sample(1)
    model(pictures_of(model), torch.Generator().manual_seed(0))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_temperature_multiplies_the_noise():
    model = lively_nvae()
    noise = model.draw(2, seed=0)
    scaled = model.decode([0.4 * group for group in noise]).mean()
    assert torch.allclose(model.decode(noise, 0.4).mean(), scaled, atol=1e-5)


def test_a_cooler_picture_is_nearer_to_the_one_without_noise():
    model = lively_nvae()
    noise = model.draw(8, seed=0)
    still = model.decode(noise, 0.0).mean()
    off = [(model.decode(noise, t).mean() - still).square().mean().item() for t in (0.0, 0.3, 0.6, 1.0)]
    assert off == sorted(off)
    assert off[0] == 0 < off[1]


def test_each_scale_has_a_temperature_of_its_own():
    model = lively_nvae()
    noise = model.draw(2, seed=0)
    by_scale = model.decode(noise, [0.2, 0.9]).mean()
    by_hand = model.decode([0.2 * noise[0], 0.9 * noise[1], 0.9 * noise[2]]).mean()
    assert torch.allclose(by_scale, by_hand, atol=1e-5)
    assert torch.equal(model.decode(noise, [0.7, 0.7]).mean(), model.decode(noise, 0.7).mean())


@pytest.mark.parametrize("temperatures", [[], [1.0], [1.0, 1.0, 1.0]])
def test_a_wrong_number_of_temperatures_is_a_sentence(temperatures):
    model = lively_nvae()
    with pytest.raises(ValueError, match="or 2, one for each scale"):
        model.decode(model.draw(1, 0), temperatures)


def test_padding_is_cut_off_again_and_the_likelihood_counts_the_picture_alone():
    model = lively_nvae(**FASHION)
    pictures = pictures_of(model)
    assert model.config.latent_shapes()[0] == (2, 4, 4)
    encoding = model(pictures)
    assert encoding.pixels.mean().shape == (3, 1, 12, 12)
    assert encoding.pixels.log_likelihood(pictures).shape == (3, 12, 12)


def test_padding_is_black_all_around():
    model = lively_nvae(**FASHION)
    padded = model._padded(torch.ones(1, 1, 12, 12))
    assert padded.shape == (1, 1, 16, 16)
    assert padded.sum() == padded[:, :, 2:14, 2:14].sum() == 144


@pytest.mark.parametrize(("fields", "kind"), [({}, LogisticMixture), (FASHION, BernoulliPixels)], ids=str)
def test_the_likelihood_is_the_one_of_its_shape(fields, kind):
    model = lively_nvae(**fields)
    assert isinstance(model.decode(model.draw(1, 0)), kind)


def test_an_encoding_tells_the_kl_of_its_own_posteriors_and_priors():
    model = lively_nvae()
    encoding = model(pictures_of(model), torch.Generator().manual_seed(0))
    for kl, prior, posterior in zip(encoding.kl, encoding.priors, encoding.posteriors, strict=True):
        assert torch.equal(kl, kl_divergence(posterior, prior))
        assert (kl >= -1e-5).all()


def test_a_posterior_head_that_says_nothing_leaves_the_prior():
    model = lively_nvae()
    for head in model.top_down.posteriors:
        nn.init.zeros_(head.parameters_of.weight)
        nn.init.zeros_(head.parameters_of.bias)
    encoding = model(pictures_of(model))
    assert all((kl == 0).all() for kl in encoding.kl)
    assert all((noise == 0).all() for noise in encoding.noise)


def test_drawn_latents_lie_about_the_posteriors_mean_as_far_as_it_says():
    model = lively_nvae()
    pictures = pictures_of(model, 1).expand(400, -1, -1, -1)
    encoding = model(pictures, torch.Generator().manual_seed(0))
    prior, posterior = encoding.priors[0], encoding.posteriors[0]
    standard = posterior.noise_of(prior.at(encoding.noise[0]))
    assert standard.mean().item() == pytest.approx(0, abs=0.05)
    assert standard.std().item() == pytest.approx(1, abs=0.05)


def weights_of(model: NVAE, pictures: torch.Tensor, draws: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    rows = []
    for _ in range(draws):
        drawn = model(pictures, generator)
        likelihood = drawn.pixels.log_likelihood(pictures)
        rows.append(log_weights(drawn.noise, drawn.priors, drawn.posteriors, likelihood))
    return torch.stack(rows)


def test_one_weight_is_on_average_the_likelihood_less_the_kl():
    model = lively_nvae(**FASHION)
    pictures = pictures_of(model, 1).expand(300, -1, -1, -1)
    weights = weights_of(model, pictures, 1)[0]
    drawn = model(pictures, torch.Generator().manual_seed(0))
    kl = torch.stack([group.flatten(1).sum(1) for group in drawn.kl]).sum(0)
    bound = drawn.pixels.log_likelihood(pictures).flatten(1).sum(1) - kl
    off = (weights - bound).double()
    assert off.mean().item() == pytest.approx(0, abs=4 * off.std().item() / math.sqrt(300))


def test_the_importance_weighted_bound_rises_with_the_draws_on_average():
    model = lively_nvae(**FASHION)
    weights = weights_of(model, pictures_of(model, 4), 16)
    bounds = [
        torch.stack([importance_bound(part) for part in weights.split(draws)]).mean().item() for draws in (1, 4, 16)
    ]
    assert bounds == sorted(bounds)
    assert bounds[-1] > bounds[0]


def test_a_bound_on_a_tiny_picture_never_beats_the_likelihood_of_all_pictures_together():
    """Over the 16 black-and-white pictures of 2x2 the bounds' probabilities sum to less than 1."""
    tiny = {"channels": 1, "side": 2, "widths": (8, 8), "groups": (1, 1), "likelihood": "bernoulli"}
    model = lively_nvae(**tiny)
    pictures = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 4).view(16, 1, 2, 2)
    bounds = importance_bound(weights_of(model, pictures.repeat(200, 1, 1, 1), 1).view(200, 16))
    assert 0.7 < bounds.exp().sum().item() < 1.1


def test_what_is_saved_is_what_is_loaded(tmp_path, capsys):
    model = lively_nvae()
    model.save_pretrained(tmp_path)
    loaded = NVAE.from_pretrained(tmp_path).eval()
    assert loaded.config == model.config
    assert torch.equal(loaded.sample(2, 0.7, seed=1), model.sample(2, 0.7, seed=1))
    assert torch.equal(loaded.reconstruct(random_pictures(1)), model.reconstruct(random_pictures(1)))


def test_a_model_in_half_precision_is_loaded_in_single(tmp_path):
    lively_nvae().half().save_pretrained(tmp_path)
    loaded = NVAE.from_pretrained(tmp_path)
    assert {parameter.dtype for parameter in loaded.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    "fields", [{}, FASHION, {"likelihood": "logistic"}, {"cells": 2, "groups": (1, 1, 2)}], ids=str
)
def test_every_parameter_learns(fields):
    model = lively_nvae(**fields).train().requires_grad_(True)
    pictures = pictures_of(model)
    encoding = model(pictures, torch.Generator().manual_seed(0))
    kl = torch.stack([group.sum() for group in encoding.kl]).sum()
    (kl - encoding.pixels.log_likelihood(pictures).sum()).backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_gradients_are_finite_on_black_and_on_white():
    model = lively_nvae().train().requires_grad_(True)
    pictures = torch.tensor([0.0, 1.0]).view(2, 1, 1, 1).expand(2, 3, 16, 16)
    encoding = model(pictures, torch.Generator().manual_seed(0))
    encoding.pixels.log_likelihood(pictures).sum().backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())
