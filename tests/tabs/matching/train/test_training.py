import numpy as np
import pytest
import torch

from playground.tabs.matching.train.linear_map import LinearMap
from playground.tabs.matching.train.losses import Settings, head_of, objective
from playground.tabs.matching.train.request import LOSSES
from tests.tabs.matching.train.runs import DIMENSION, asked, few_pairs, trained


def test_every_pair_comes_once_before_any_comes_again():
    rows = [row for step in range(5) for row in trained(asked(), step).batch().rows.tolist()]
    assert sorted(rows) == sorted(few_pairs().train.rows.tolist())


def test_seed_and_step_alone_decide_the_batch():
    one, other = trained(asked("cos-1", "angle"), 3), trained(asked("softmax", "cosent", "cos-2"), 3)
    assert torch.equal(one.batch().rows, other.batch().rows)
    assert not torch.equal(one.batch().rows, trained(asked("cos-1", "angle", seed=1), 3).batch().rows)


@pytest.mark.parametrize("loss", LOSSES[1:])
def test_it_is_adam_on_the_objective(loss):
    request, data = asked("cosine-mse", loss), few_pairs()
    encoder, head = LinearMap(data.vectors), head_of(loss, DIMENSION, 0)
    optimiser = torch.optim.Adam([*encoder.parameters(), *head.parameters()], 0.01)
    for step in range(3):
        pairs = trained(request, step).batch()
        optimiser.zero_grad()
        u, v = (encoder(pairs.rows[:, side]) for side in (0, 1))
        objective(loss, head, u, v, pairs.scores, Settings.of(request)).backward()
        optimiser.step()
    assert torch.allclose(encoder.weight, trained(request, 3).members[1].encoder.weight, atol=1e-5)


def test_a_step_is_taken_once_every_loss_has_its_gradient():
    training = trained(asked("softmax", "cosent", "angle"), 0)
    steps = []
    for _ in range(6):
        training.advance()
        steps.append(training.step)
    assert steps == [0, 0, 1, 1, 1, 2]


def test_a_state_in_the_middle_of_a_step_is_that_of_its_beginning():
    whole, middle = trained(asked(), 2), trained(asked(), 2)
    assert middle.advance()
    one, other = whole.state(), middle.state()
    assert one.step == other.step == 2
    assert {name: array.tobytes() for name, array in one.arrays.items()} == {
        name: array.tobytes() for name, array in other.arrays.items()
    }


def test_measuring_leaves_the_training_as_it_is():
    measured, plain = trained(asked(), 2), trained(asked(), 2)
    measured.measure()
    assert all(training.advance() and training.advance() for training in (measured, plain))
    assert torch.equal(measured.members[0].encoder.weight, plain.members[0].encoder.weight)


def test_where_one_cannot_go_on_none_does():
    training = trained(asked(), 1)
    before = training.members[0].encoder.weight.clone()
    with torch.no_grad():
        training.members[1].encoder.weight.fill_(np.nan)
    assert training.advance()
    assert not training.advance()
    assert (training.failure.loss, training.step) == ("cosent", 1)
    assert torch.equal(training.members[0].encoder.weight, before)


def test_the_vectors_are_never_written_to():
    training = trained(asked(), 3)
    assert torch.equal(training.data.vectors, few_pairs().vectors)
