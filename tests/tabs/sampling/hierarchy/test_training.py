import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from playground.runtime.live_training import step_generator
from playground.tabs.sampling.hierarchy.request import Variant
from playground.tabs.sampling.hierarchy.training import NOISE, PROBE, Training, undisturbed
from tests.tabs.sampling.hierarchy.trainings import asked, same, small_data, trained

OTHER = Variant(warm_up=0, balancing=False, spectral=0)


def member(**fields):
    return Training(asked(**fields), small_data()).members[0]


def test_all_variants_start_alike():
    frame = Training(asked(beside=(OTHER,)), small_data()).measure()
    assert np.array_equal(frame.kl[0], frame.kl[1])
    assert np.array_equal(frame.samples[0], frame.samples[1])


def test_a_variants_numbers_do_not_depend_on_those_beside_it():
    alone, beside = trained(asked(), 6).measure(), trained(asked(beside=(OTHER,)), 6).measure()
    swapped = trained(asked(**OTHER.model_dump(), beside=(Variant(),)), 6).measure()
    assert np.array_equal(alone.kl[0], beside.kl[0])
    assert np.array_equal(beside.kl[0], swapped.kl[1])
    assert not np.array_equal(beside.kl[0], beside.kl[1])


@settings(max_examples=3, deadline=None)
@given(st.integers(1, 5), st.booleans(), st.sampled_from([0, 4, 30]))
@example(0, True, 4)
def test_going_on_from_a_state_is_going_straight_through(pause, balancing, warm_up):
    request = asked(balancing=balancing, warm_up=warm_up, beside=(OTHER,))
    through = trained(request, 6).measure()
    again = Training(request, small_data(), trained(request, pause).state())
    while again.step < 6:
        assert again.advance()
    assert same(again.measure(), through)


def test_measuring_changes_nothing():
    watched, alone = Training(asked(), small_data()), trained(asked(), 3)
    for _ in range(3):
        watched.measure()
        watched.advance()
    for name, value in alone.state().arrays.items():
        assert np.array_equal(watched.state().arrays[name], value), name


def test_batch_norm_is_left_as_it_was():
    model = member().model
    before = {name: buffer.clone() for name, buffer in model.named_buffers()}
    with undisturbed(model):
        model(small_data().train[:4])
    assert all(torch.equal(buffer, before[name]) for name, buffer in model.named_buffers())


@pytest.mark.parametrize(("step", "weight"), [(0, 1e-4), (50, 0.5), (100, 1), (300, 1)])
def test_the_kl_counts_fully_after_the_warm_up(step, weight):
    assert member(warm_up=100).weight(step) == pytest.approx(weight)
    assert member(warm_up=0).weight(step) == 1


@torch.no_grad()
def naive_loss(member, pictures, step):
    """The objective in double precision, from the towers' normals, group by group."""
    encoding = member.model(pictures, step_generator(member.request.seed, step, NOISE))
    kl = [float(group.double().sum((1, 2, 3)).mean()) for group in encoding.kl]
    beta, factors = member.weight(step), [1.0] * len(kl)
    if member.variant.balancing and beta < 1:
        sides = [shape[1] for shape in member.model.config.latent_shapes()]
        sizes = [side**2 / sides.count(side) for side in sides]
        raw = [(nats + 0.01) / (size / min(sizes)) for nats, size in zip(kl, sizes, strict=True)]
        factors = [each * len(raw) / sum(raw) for each in raw]
    bernoulli = torch.distributions.Bernoulli(logits=encoding.pixels.logits, validate_args=False)
    reconstruction = -float(bernoulli.log_prob(pictures).double().sum((1, 2, 3)).mean())
    return reconstruction + beta * sum(factor * nats for factor, nats in zip(factors, kl, strict=True))


@pytest.mark.parametrize("fields", [{}, {"balancing": False}, {"warm_up": 0}, {"groups": 3}], ids=str)
def test_the_loss_is_the_negative_elbo_with_its_weights(fields):
    own, pictures = member(spectral=0, **fields), small_data().train[:8]
    assert float(own.loss(pictures, 7).detach()) == pytest.approx(naive_loss(own, pictures, 7), rel=1e-4)


def test_spectral_regularisation_adds_the_largest_singular_values_at_every_fourth_step():
    with_it, without = member(spectral=0.5), member(spectral=0)
    pictures = small_data().train[:8]
    matrices = [m.weight.detach().flatten(1) for m in without.model.modules() if isinstance(m, torch.nn.Conv2d)]
    norms = [m.weight.detach().abs().max() for m in without.model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    exact = sum(float(torch.linalg.matrix_norm(matrix, 2)) for matrix in matrices) + sum(map(float, norms))
    added = float(with_it.loss(pictures, 4).detach()) - float(without.loss(pictures, 4).detach())
    assert added == pytest.approx(4 * 0.5 * exact, rel=0.01)
    assert float(with_it.loss(pictures, 5).detach()) == float(without.loss(pictures, 5).detach())


def test_what_is_measured_is_the_elbo_of_held_out_pictures():
    training = Training(asked(), small_data())
    frame, own = training.measure(), training.members[0]
    pictures = small_data().test[:PROBE]
    own.variant = Variant(warm_up=0, spectral=0)
    whole = float(frame.reconstruction[0]) + float(frame.kl[0].sum())
    assert whole == pytest.approx(naive_loss(own, pictures, 0), rel=1e-4)


def test_the_measured_weight_is_that_of_the_step_that_led_there():
    training = trained(asked(warm_up=10, beside=(OTHER,)), 6)
    assert training.measure().weight.tolist() == pytest.approx([0.5, 1])


def test_training_lowers_the_loss():
    training = trained(asked(batch=24), 0)
    start = training.measure()
    for _ in range(40):
        training.advance()
    assert training.measure().reconstruction[0] < start.reconstruction[0]


def test_a_rate_beyond_all_bounds_stops_and_names_the_variant():
    training = Training(asked(learning_rate=1e9), small_data())
    while training.step < 200 and training.advance():
        pass
    assert training.failure is not None
    assert training.failure.variant == 0
    assert training.failure.step == training.step


def test_training_leaves_torchs_global_random_numbers_alone():
    before = torch.random.get_rng_state()
    trained(asked(), 2).measure()
    assert torch.equal(before, torch.random.get_rng_state())
