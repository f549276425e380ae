import pytest
import torch
from torch import nn

from playground.runtime.module_arrays import arrays_of, restore

OPTIMISERS = {
    "adam": lambda parameters: torch.optim.Adam(parameters, 0.01),
    "momentum": lambda parameters: torch.optim.SGD(parameters, 0.01, momentum=0.9),
    "rmsprop": lambda parameters: torch.optim.RMSprop(parameters, 0.01),
}


def made(kind):
    draw = torch.Generator().manual_seed(3)
    module = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 1))
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=draw))
    return module, OPTIMISERS[kind](module.parameters())


def learn(module, optimiser, steps, start=0):
    for step in range(start, start + steps):
        inputs = torch.randn(8, 4, generator=torch.Generator().manual_seed(step))
        optimiser.zero_grad()
        module(inputs).square().sum().backward()
        optimiser.step()


@pytest.mark.parametrize("kind", OPTIMISERS)
def test_a_training_that_goes_on_from_its_arrays_is_the_training_that_went_straight_through(kind):
    through = made(kind)
    learn(*through, 7)
    paused = made(kind)
    learn(*paused, 3)
    kept = arrays_of(*paused)
    learn(*paused, 2)  # what the kept arrays must not see
    resumed = made(kind)
    restore(kept, *resumed)
    learn(*resumed, 4, start=3)
    one, other = arrays_of(*through), arrays_of(*resumed)
    assert {name: array.tobytes() for name, array in one.items()} == {
        name: array.tobytes() for name, array in other.items()
    }


def test_several_networks_share_one_state_each_under_its_own_prefix():
    (first, optimiser), (second, _) = made("adam"), made("adam")
    learn(first, optimiser, 2)
    kept = arrays_of(first, optimiser, prefix="0.") | arrays_of(second, prefix="1.")
    fresh = made("adam")
    restore(kept, *fresh, prefix="0.")
    assert torch.equal(fresh[0][0].weight, first[0].weight)
    restore(kept, fresh[0], prefix="1.")
    assert torch.equal(fresh[0][0].weight, second[0].weight)


def test_an_optimiser_that_has_not_moved_yet_starts_afresh():
    module, optimiser = made("adam")
    learn(module, optimiser, 1)
    restore(arrays_of(*made("adam")), module, optimiser)
    assert optimiser.state_dict()["state"] == {}
