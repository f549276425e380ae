import numpy as np
import pytest
import torch

from models.nets.autoencoder import Autoencoder, AutoencoderConfig, Settings, objective
from playground.tabs.sampling.autoencoders.request import TREATMENTS
from tests.tabs.sampling.autoencoders.runs import asked, few_digits, trained


def test_all_treatments_start_from_the_same_weights():
    first, *others = trained(asked(*TREATMENTS), 0).members
    for other in others:
        for name, value in first.model.decoder.state_dict().items():
            assert torch.equal(value, other.model.decoder.state_dict()[name])


def test_seed_and_step_alone_decide_the_batch():
    one, other = trained(asked("ae"), 2), trained(asked("wae", "vae"), 2)
    assert torch.equal(one.batch(), other.batch())
    assert not torch.equal(one.batch(), trained(asked("ae"), 1).batch())
    assert not torch.equal(one.batch(), trained(asked("ae", seed=1), 2).batch())


def test_a_batch_has_no_picture_twice():
    batch = trained(asked("ae", batch=96), 0).batch()
    assert len({picture.numpy().tobytes() for picture in batch}) == len(
        {picture.numpy().tobytes() for picture in few_digits().train}
    )


def test_it_is_adam_on_the_objective():
    request = asked("eae", entropy_weight=0.5, neighbours=2, learning_rate=0.01)
    training = trained(request, 0)
    model = Autoencoder(AutoencoderConfig("eae", latents=4), seed=0)
    optimiser = torch.optim.Adam(model.parameters(), 0.01)
    for _ in range(3):
        optimiser.zero_grad()
        objective(model, training.batch(), torch.Generator(), Settings(0.5, 2)).backward()
        optimiser.step()
        assert training.advance()
    assert torch.allclose(model.code.weight, training.members[0].model.code.weight, atol=1e-4)


def test_measuring_leaves_the_training_as_it_is():
    measured, plain = trained(asked("eae"), 2), trained(asked("eae"), 2)
    measured.measure()
    assert all(training.advance() for training in (measured, plain))
    one, other = measured.state(), plain.state()
    assert {name: array.tobytes() for name, array in one.arrays.items()} == {
        name: array.tobytes() for name, array in other.arrays.items()
    }


def test_where_one_cannot_go_on_none_does():
    training = trained(asked("ae", "eae"), 1)
    before = training.members[0].model.code.weight.clone()
    with torch.no_grad():
        training.members[1].model.code.weight.fill_(np.nan)
    assert not training.advance()
    assert training.failure.treatment == "eae"
    assert training.step == 1
    assert torch.equal(training.members[0].model.code.weight, before)


@pytest.mark.parametrize("body", ["mlp", "conv"])
def test_either_body_learns(body):
    training = trained(asked("ae", body=body), 0)
    errors = []
    for _ in range(30):
        training.advance()
        errors.append(training.members[0].loss)
    assert np.mean(errors[-5:]) < 0.7 * errors[0]
