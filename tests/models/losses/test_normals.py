from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.losses.importance import importance_bound, log_weights
from models.losses.normals import BOUND, LEAST_DEVIATION, Normal, bounded, kl_divergence

NUMBERS = st.floats(-12, 12)
FEW = settings(max_examples=50, deadline=None)


def normal(mean: float, log_deviation: float) -> Normal:
    return Normal(torch.tensor([mean]).double(), torch.tensor([log_deviation]).double())


def of_torch(mine: Normal) -> torch.distributions.Normal:
    return torch.distributions.Normal(mine.mean, mine.deviation)


def with_moments(mean: float, deviation: float) -> Normal:
    """The normal of a mean and a deviation, by the inverse of the bounds; one row of one coordinate."""
    raw = [BOUND * math.atanh(value / BOUND) for value in (mean, math.log(deviation - LEAST_DEVIATION))]
    return Normal(*(torch.tensor([[value]], dtype=torch.float64) for value in raw))


@FEW
@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_the_kl_of_residual_normals_is_that_of_torch(mean, log_deviation, moved, scaled):
    prior = normal(mean, log_deviation)
    posterior = prior.moved(torch.tensor([moved]), torch.tensor([scaled]))
    expected = torch.distributions.kl_divergence(of_torch(posterior), of_torch(prior))
    assert torch.allclose(kl_divergence(posterior, prior), expected, rtol=1e-9, atol=1e-12)


@FEW
@given(NUMBERS, NUMBERS, st.floats(-20, 20))
def test_the_log_density_is_that_of_torch(mean, log_deviation, value):
    mine, values = normal(mean, log_deviation), torch.tensor([value]).double()
    assert torch.allclose(mine.log_density(values), of_torch(mine).log_prob(values), rtol=1e-9)


def test_relative_parameters_are_added_before_the_bounds():
    moved = normal(4.0, 1.0).moved(torch.tensor([3.0]), torch.tensor([2.0]))
    assert moved.mean.item() == pytest.approx(5 * math.tanh(7 / 5))
    assert moved.deviation.item() == pytest.approx(math.exp(5 * math.tanh(3 / 5)) + 0.01)


def test_a_posterior_that_does_not_move_costs_nothing():
    prior = normal(1.3, -0.4)
    assert kl_divergence(prior.moved(torch.zeros(1), torch.zeros(1)), prior).item() == 0


def test_bounds_are_kept_and_small_values_pass():
    assert bounded(torch.tensor([1e9, -1e9])).tolist() == [5.0, -5.0]
    assert bounded(torch.tensor(0.01)).item() == pytest.approx(0.01, rel=1e-5)
    assert normal(0, -1e9).deviation.item() > LEAST_DEVIATION


@FEW
@given(NUMBERS, st.floats(-3, 3), st.floats(-4, 4))
def test_noise_and_values_are_two_names_of_a_latent(mean, log_deviation, noise):
    prior = normal(mean, log_deviation)
    latents = prior.at(torch.tensor([noise], dtype=torch.float64))
    assert prior.noise_of(latents).item() == pytest.approx(noise, abs=1e-9)


def test_temperature_multiplies_the_noise_and_leaves_the_mean():
    prior, noise = normal(0.7, 0.2), torch.tensor([1.5]).double()
    at = {temperature: prior.at(noise, temperature).item() for temperature in (0.0, 0.5, 1.0)}
    assert at[0.0] == prior.mean.item()
    assert at[0.5] - at[0.0] == pytest.approx((at[1.0] - at[0.0]) / 2)


# A latent z ~ N(0.3, 0.8^2), a picture x | z ~ N(slope z + offset, spread^2): everything has a closed form.
SLOPE, OFFSET, SPREAD, PICTURE = 1.7, -0.2, 0.6, 1.1
PRIOR = with_moments(0.3, 0.8)


def log_normal(value: float, mean: float, deviation: float) -> float:
    return -0.5 * ((value - mean) / deviation) ** 2 - math.log(deviation) - 0.5 * math.log(2 * math.pi)


LOG_LIKELIHOOD = log_normal(PICTURE, SLOPE * 0.3 + OFFSET, math.hypot(SLOPE * 0.8, SPREAD))


def exact_posterior() -> Normal:
    precision = 1 / 0.8**2 + (SLOPE / SPREAD) ** 2
    mean = (0.3 / 0.8**2 + SLOPE * (PICTURE - OFFSET) / SPREAD**2) / precision
    return with_moments(mean, precision**-0.5)


def evidence_bound(posterior: Normal) -> float:
    """The expected log-likelihood, which has a closed form here, less the KL."""
    mean, deviation = posterior.mean.item(), posterior.deviation.item()
    expected = log_normal(PICTURE, SLOPE * mean + OFFSET, SPREAD) - (SLOPE * deviation / SPREAD) ** 2 / 2
    return expected - kl_divergence(posterior, PRIOR).item()


def weights_of(posterior: Normal, draws: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    latents = posterior.at(torch.randn(draws, 1, generator=generator, dtype=torch.float64))
    off = (PICTURE - SLOPE * latents - OFFSET) / SPREAD
    likelihood = -0.5 * off.square() - math.log(SPREAD) - 0.5 * math.log(2 * math.pi)
    return log_weights([PRIOR.noise_of(latents)], [PRIOR], [posterior], likelihood)


def test_with_the_exact_posterior_the_evidence_bound_is_the_log_likelihood():
    assert evidence_bound(exact_posterior()) == pytest.approx(LOG_LIKELIHOOD, abs=1e-9)


def test_with_another_posterior_it_lacks_their_divergence():
    other = with_moments(0.1, 0.5)
    lacking = kl_divergence(other, exact_posterior()).item()
    assert evidence_bound(other) == pytest.approx(LOG_LIKELIHOOD - lacking, abs=1e-9)


def test_with_the_exact_posterior_every_draw_weighs_the_log_likelihood():
    weights = weights_of(exact_posterior(), 20)
    assert torch.allclose(weights, torch.full_like(weights, LOG_LIKELIHOOD), atol=1e-9)


def test_one_draw_is_the_evidence_bound_on_average_and_many_are_the_log_likelihood():
    other = with_moments(0.1, 0.5)
    weights = weights_of(other, 20_000)
    assert weights.mean().item() == pytest.approx(evidence_bound(other), abs=4 * weights.std().item() / 20_000**0.5)
    assert importance_bound(weights[:, None]).item() == pytest.approx(LOG_LIKELIHOOD, abs=0.02)


def test_the_bound_rises_with_the_number_of_draws_on_average():
    weights = weights_of(with_moments(-0.5, 0.5), 4096)
    bounds = [importance_bound(weights.view(draws, -1)).mean().item() for draws in (1, 2, 8, 64)]
    assert bounds == sorted(bounds)
    assert bounds[-1] > bounds[0] + 0.1
    assert bounds[-1] < LOG_LIKELIHOOD + 0.05


@FEW
@given(st.lists(st.floats(-500, 500), min_size=2, max_size=6))
def test_leaving_out_each_draw_in_turn_never_raises_the_bound_on_average(weights):
    whole = torch.tensor(weights, dtype=torch.float64)[:, None]
    without = [importance_bound(torch.cat([whole[:place], whole[place + 1 :]])) for place in range(len(whole))]
    assert torch.stack(without).mean() <= importance_bound(whole).item() + 1e-9
