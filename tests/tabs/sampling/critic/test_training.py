import numpy as np
import pytest
import torch

from playground.tabs.sampling.critic.request import METHODS, CriticRequest
from playground.tabs.sampling.critic.sources import source
from playground.tabs.sampling.critic.training import Training
from playground.tabs.sampling.critic.wasserstein import wasserstein_1


def training(steps=0, resume=None, **fields):
    request = CriticRequest(**{"critics": METHODS, "width": 16, "batch": 16} | fields)
    made = Training(request, source(request.data), None, resume)
    for _ in range(steps):
        assert made.advance()
    return made


def equal(one, other):
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in vars(one))


@pytest.mark.parametrize("generator", [False, True])
def test_going_on_gives_what_going_straight_through_gives(generator):
    fields = {"generator": generator, "critic_steps": 2}
    straight, paused = training(7, **fields), training(3, **fields)
    on = training(4, paused.state(), **fields)
    assert equal(straight.measure(), on.measure())
    arrays, others = straight.state().arrays, on.state().arrays
    assert arrays.keys() == others.keys()
    assert all(np.array_equal(arrays[name], others[name]) for name in arrays)


def test_a_critic_learns_the_same_alone_and_beside_others():
    alone, beside = training(5, critics=("spectral",)).measure(), training(5).measure()
    assert alone.estimate[0] == beside.estimate[METHODS.index("spectral")]


def test_measuring_changes_nothing():
    one, other = training(4), training(2)
    other.measure()
    other.advance(), other.advance()
    assert equal(one.measure(), other.measure())


def test_the_global_generator_is_left_alone():
    before = torch.get_rng_state()
    training(2, generator=True).measure()
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("data", ["line", "moons", "mixture", "rings"])
def test_critics_that_must_be_below_the_distance_are(data):
    frame = training(60, data=data, critics=("spectral", "c-transform"), learning_rate=0.01).measure()
    assert frame.bound[0] == pytest.approx(1)
    assert (frame.estimate <= frame.exact + 1e-5).all()


def test_the_exact_distance_is_that_of_the_next_batch():
    made = training(3)
    real, fake, _ = made.batch()
    expected = wasserstein_1(real.double().numpy(), fake.double().numpy())
    np.testing.assert_allclose(made.measure().exact, expected, rtol=1e-6)


def test_the_c_transform_learns_most_of_the_distance():
    frame = training(150, critics=("clipping", "c-transform"), batch=32, learning_rate=0.003).measure()
    clipping, transform = (frame.estimate / frame.exact).tolist()
    assert clipping < 0.5 < transform <= 1


def test_clipped_weights_stay_small():
    made = training(5, critics=("clipping",), clip=0.05, learning_rate=0.1)
    assert all(parameter.abs().max() <= 0.05 for parameter in made.players[0].critic.parameters())


def test_generators_move_only_at_their_steps():
    first, before, after = (training(steps, generator=True, critic_steps=3).measure() for steps in (0, 2, 3))
    assert np.array_equal(first.fakes, before.fakes)
    assert all(not np.array_equal(*pair) for pair in zip(first.fakes, after.fakes, strict=True))


def test_a_generator_moves_down_the_critics_estimate():
    made = training(20, generator=True, critic_steps=50, critics=("c-transform",))
    real, noise, _ = made.batch()
    (player,) = made.players

    def estimate():
        return player.estimate(real, player.fakes(noise).detach())

    before = estimate()
    for _ in range(20):
        assert player.follow(real, noise)
    assert estimate() < before


def test_a_loss_that_is_no_number_stops_the_run():
    made = training(1, critics=("penalty", "c-transform"))
    with torch.no_grad():
        made.players[1].critic.weights[0].fill_(float("nan"))
    assert not made.advance()
    assert (made.failure.step, made.failure.critic) == (1, "c-transform")


def test_the_landscape_is_the_critic_on_a_grid_from_above():
    made = training(3, critics=("penalty",))
    frame = made.measure()
    corners = torch.tensor([[-1.5, 1.5], [1.5, 1.5], [-1.5, -1.5]])
    expected = made.players[0].values(corners)
    found = frame.landscape[0][[0, 0, -1], [0, -1, 0]]
    np.testing.assert_allclose(found, expected.numpy(), rtol=2e-3, atol=1e-4)
