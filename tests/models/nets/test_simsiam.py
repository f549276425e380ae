import pytest
import torch

from models.nets.simsiam import SimSiam, Sizes

NORMS = ("none", "hidden", "default", "predictor-output")


def parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


def test_its_size_is_one_that_trains_while_one_watches():
    assert 50_000 < parameters(SimSiam(Sizes())) < 75_000
    assert 40_000 < parameters(SimSiam(Sizes((1, 28, 28)))) < 75_000


@pytest.mark.parametrize("inputs", [(64,), (2,), (3, 16, 16)])
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_outputs_and_predictions_have_the_dimension_asked_for(inputs, layers):
    model = SimSiam(Sizes(inputs, 5, layers))
    z = model(torch.randn(4, *inputs))
    assert z.shape == model.predictor(z).shape == (4, 5)


def test_the_first_weights_depend_on_seed_and_sizes_alone():
    ways = [SimSiam(Sizes(), norm, predictor) for norm in NORMS for predictor in ("none", "linear", "mlp")]
    trunks = [torch.cat([layer.map.weight.flatten() for layer in (*way.encoder, *way.projector)]) for way in ways]
    assert all(torch.equal(trunk, trunks[0]) for trunk in trunks)
    other = SimSiam(Sizes(), seed=1)
    assert not torch.equal(other.encoder[0].map.weight, ways[0].encoder[0].map.weight)


def test_building_one_uses_up_no_global_random_numbers():
    before = torch.random.get_rng_state()
    SimSiam(Sizes())
    SimSiam(Sizes((1, 8, 8)))
    assert torch.equal(before, torch.random.get_rng_state())


def test_the_first_weights_are_spread_as_in_pytorch():
    weight = SimSiam(Sizes()).encoder[1].map.weight.detach()
    assert weight.abs().max() <= 128**-0.5
    assert weight.std() == pytest.approx(128**-0.5 / 3**0.5, rel=0.02)


def test_default_batch_norm_gives_every_output_mean_zero_and_variance_one():
    z = SimSiam(Sizes(), "default")(torch.randn(256, 64))
    torch.testing.assert_close(z.mean(0), torch.zeros(64), atol=1e-5, rtol=0)
    torch.testing.assert_close(z.var(0, correction=0), torch.ones(64), atol=1e-2, rtol=0)
    assert not SimSiam(Sizes(), "hidden")(torch.randn(256, 64)).mean(0).abs().max() < 1e-3


def test_only_hidden_batch_norm_has_scale_and_shift_and_takes_the_bias_away():
    names = dict(SimSiam(Sizes(), "predictor-output").named_parameters())
    assert "projector.0.norm.weight" in names
    assert "projector.1.norm.weight" not in names
    assert not any(name.endswith("map.bias") for name in names)
    assert all(".norm." not in name for name, _ in SimSiam(Sizes(), "none").named_parameters())
