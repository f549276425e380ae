from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Normal, kl_divergence

from models.losses.knn_entropy import knn_entropy
from models.nets.autoencoder import (
    TREATMENTS,
    Autoencoder,
    AutoencoderConfig,
    Settings,
    kl_to_standard_normal,
    objective,
    squared_error,
)

SMALL = AutoencoderConfig(latents=3, widths=(16, 16))
CONV = AutoencoderConfig(body="conv", channels=3, side=16, latents=4, widths=(8, 12))
EACH = pytest.mark.parametrize("treatment", TREATMENTS)


def pictures(config: AutoencoderConfig, count: int = 32, seed: int = 0) -> Tensor:
    shape = (count, config.channels, config.side, config.side)
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def network(treatment: str, config: AutoencoderConfig = SMALL, seed: int = 0) -> Autoencoder:
    return Autoencoder(replace(config, treatment=treatment), seed)


def loss(model: Autoencoder, settings: Settings | None = None, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return objective(model, pictures(model.config), generator, settings or Settings())


@torch.enable_grad()
def trained(model: Autoencoder, steps: int = 20) -> Autoencoder:
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    for step in range(steps):
        optimizer.zero_grad()
        loss(model, seed=step).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        model.fit_samplers(model.encode(pictures(model.config, 64)))
    return model


@pytest.mark.parametrize("config", [SMALL, CONV, replace(CONV, channels=1, side=28)], ids=["mlp", "conv 16", "conv 28"])
@EACH
def test_pictures_become_codes_and_pictures_again(treatment, config):
    model = network(treatment, config).eval()
    codes = model.encode(pictures(config))
    assert codes.shape == (32, config.latents)
    decoded = model.decode(codes)
    assert decoded.shape == pictures(config).shape
    assert torch.equal(decoded, model.reconstruct(pictures(config)))
    assert 0 <= decoded.min() <= decoded.max() <= 1


@pytest.mark.parametrize("config", [SMALL, CONV], ids=["mlp", "conv"])
@EACH
def test_all_treatments_start_with_the_same_weights(treatment, config):
    plain, other = network("ae", config).state_dict(), network(treatment, config).state_dict()
    assert all(torch.equal(weight, other[name]) for name, weight in plain.items())
    assert {name.split(".")[0] for name in other.keys() - plain.keys()} <= {"norm", "log_variance"}


def test_only_a_vae_has_parameters_of_its_own():
    names = {treatment: {name for name, _ in network(treatment).named_parameters()} for treatment in TREATMENTS}
    assert names["ae"] == names["aebn"] == names["eae"] == names["wae"]
    assert {name.split(".")[0] for name in names["vae"] - names["ae"]} == {"log_variance"}


def test_another_seed_starts_elsewhere():
    assert not torch.equal(network("ae", seed=0).code.weight, network("ae", seed=1).code.weight)


def test_making_one_leaves_the_global_random_state_alone():
    before = torch.get_rng_state()
    network("vae", CONV)
    assert torch.equal(torch.get_rng_state(), before)


@EACH
def test_a_treatment_reads_its_own_setting_only(treatment):
    own = {"ae": (), "aebn": (), "eae": ("entropy_weight", "neighbours"), "vae": ("kl_weight",), "wae": ("mmd_weight",)}
    changed = Settings(entropy_weight=2, neighbours=3, kl_weight=1, mmd_weight=50)
    for name in Settings.__dataclass_fields__:
        settings = replace(Settings(), **{name: getattr(changed, name)})
        same = torch.equal(loss(network(treatment)), loss(network(treatment), settings))
        assert same == (name not in own[treatment])


def test_without_weight_every_treatment_but_a_vae_is_its_reconstruction():
    settings = Settings(entropy_weight=0, mmd_weight=0)
    values = [loss(network(treatment), settings) for treatment in ("ae", "wae", "aebn", "eae")]
    assert values[0] == values[1] == squared_error(network("ae").reconstruct(pictures(SMALL)), pictures(SMALL))
    assert values[2] == values[3] != values[0]


def test_an_eae_subtracts_the_weighted_entropy():
    codes = network("eae").encode(pictures(SMALL))
    difference = loss(network("aebn")) - loss(network("eae"), Settings(entropy_weight=0.7, neighbours=2))
    assert difference.item() == pytest.approx(0.7 * knn_entropy(codes, 2).item(), rel=1e-4)


def test_the_kl_of_a_vae_is_the_closed_form():
    generator = torch.Generator().manual_seed(0)
    means, log_variances = torch.randn(2, 6, 4, generator=generator, dtype=torch.float64)
    expected = kl_divergence(Normal(means, (log_variances / 2).exp()), Normal(0.0, 1.0)).sum(1).mean()
    assert kl_to_standard_normal(means, log_variances).item() == pytest.approx(expected.item())


@torch.no_grad()
def test_a_vae_decodes_draws_with_the_deviation_it_states():
    model = network("vae")
    model.decoder = nn.Sequential(nn.Linear(3, 64), nn.Unflatten(1, (1, 8, 8)))
    nn.init.zeros_(model.decoder[0].bias)
    nn.init.eye_(model.decoder[0].weight)  # the logits of the first three pixels are the draw itself
    same = pictures(SMALL, 1).expand(20_000, -1, -1, -1)
    passage = model(same, torch.Generator().manual_seed(0))
    assert passage.log_variances is not None
    drawn = passage.reconstructions.flatten(1)[:, :3].logit()
    assert drawn.mean(0) == pytest.approx(passage.codes[0], abs=0.03)
    assert drawn.var(0) == pytest.approx(passage.log_variances[0].exp(), rel=0.05)


def test_a_vae_without_a_generator_decodes_its_means():
    model = network("vae")
    assert torch.equal(model(pictures(SMALL)).reconstructions, model.reconstruct(pictures(SMALL)))


@EACH
def test_training_lowers_the_loss(treatment):
    model = network(treatment)
    before = loss(model)
    trained(model, 60).train()
    assert loss(model) < before


@torch.no_grad()
def test_batch_norm_gives_codes_mean_0_and_variance_1():
    codes = network("aebn").encode(pictures(SMALL))
    assert codes.mean(0) == pytest.approx(torch.zeros(3), abs=1e-5)
    assert codes.var(0, correction=0) == pytest.approx(torch.ones(3), abs=0.05)


@EACH
def test_only_a_plain_autoencoder_moves_the_noise_to_where_its_codes_are(treatment):
    model = trained(network(treatment))
    codes = model.standardised(model.encode(pictures(SMALL, 64)))
    is_standard = torch.allclose(codes.mean(0), torch.zeros(3), atol=1e-4)
    assert is_standard == (treatment == "ae")
    assert torch.equal(model.code_deviation, torch.ones(3)) == (treatment != "ae")


@torch.no_grad()
def test_samples_at_temperature_0_are_the_picture_of_the_mean_code():
    model = trained(network("ae"))
    assert model.sample(2, temperature=0, seed=1) == pytest.approx(model.decode(model.code_mean.expand(2, -1)))


@torch.no_grad()
def test_a_sample_is_the_same_however_many_are_asked_for():
    model = trained(network("eae"))
    assert model.sample(3, seed=5) == pytest.approx(model.sample(8, seed=5)[:3], abs=1e-6)
    assert not torch.equal(model.sample(3, seed=5), model.sample(3, seed=6))


@torch.no_grad()
def test_samples_of_the_mixture_decode_its_draws():
    model = trained(network("aebn"))
    codes = model.mixture.draw(4, torch.Generator().manual_seed(2))
    assert torch.equal(model.sample_mixture(4, seed=2), model.decode(codes))


@pytest.mark.parametrize("config", [SMALL, CONV], ids=["mlp", "conv"])
@EACH
@torch.no_grad()
def test_saved_and_loaded_it_gives_the_same_pictures(treatment, config, tmp_path):
    model = trained(network(treatment, config), 2)
    model.save_pretrained(tmp_path)
    loaded = Autoencoder.from_pretrained(tmp_path)
    assert loaded.config == model.config
    assert torch.equal(loaded.sample(4), model.sample(4))
    assert torch.equal(loaded.sample_mixture(4), model.sample_mixture(4))
    assert torch.equal(loaded.reconstruct(pictures(config)), model.reconstruct(pictures(config)))


def test_a_side_that_cannot_be_halved_often_enough_is_refused():
    with pytest.raises(ValueError, match="multiple of 4"):
        network("ae", replace(CONV, side=18))
