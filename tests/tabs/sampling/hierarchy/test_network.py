import pytest
import torch
from torch import nn

from playground.runtime.live_training import step_generator
from playground.tabs.sampling.hierarchy.network import build, config_of

DIGITS, HEADS = (1, 8, 8), (3, 16, 16)


@pytest.mark.parametrize("shape", [DIGITS, HEADS])
def test_the_net_works_at_16_by_16_and_half_of_the_groups_stand_at_the_top(shape):
    config = config_of(5, 3, shape)
    assert config.latent_shapes() == [(3, 4, 4)] * 3 + [(3, 8, 8)] * 2
    assert config.side + 2 * config.padding == 16


def test_one_group_stands_at_the_top():
    assert config_of(1, 4, DIGITS).latent_shapes() == [(4, 4, 4)]


@pytest.mark.parametrize(("shape", "groups"), [(DIGITS, 1), (HEADS, 8)])
def test_pictures_come_out_as_they_went_in(shape, groups):
    model = build(config_of(groups, 2, shape), step_generator(0))
    pictures = torch.rand(3, *shape, generator=step_generator(1))
    encoding = model(pictures)
    assert encoding.pixels.mean().shape == pictures.shape
    assert torch.isfinite(encoding.pixels.log_likelihood(pictures)).all()


def test_the_seed_alone_decides_the_first_weights():
    before = torch.random.get_rng_state()
    first, again, other = (build(config_of(2, 2, DIGITS), step_generator(seed)) for seed in (3, 3, 4))
    states = [nn.utils.parameters_to_vector(net.parameters()) for net in (first, again, other)]
    assert torch.equal(states[0], states[1])
    assert not torch.equal(states[0], states[2])
    assert torch.equal(before, torch.random.get_rng_state())


def test_first_weights_are_spread_as_torch_spreads_them():
    ours = build(config_of(4, 4, DIGITS), step_generator(0)).state_dict()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        usual = type(build(config_of(4, 4, DIGITS), step_generator(0)))(config_of(4, 4, DIGITS)).state_dict()
    assert ours.keys() == usual.keys()
    for name, value in usual.items():
        if value.numel() > 100:
            assert ours[name].std().item() == pytest.approx(value.std().item(), rel=0.2), name
        elif "norm" in name:
            assert torch.equal(ours[name], value), name
