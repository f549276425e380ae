from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from torch import Tensor

from models.losses.pixels import (
    HALF_BIN,
    LEAST_LOG_SCALE,
    BernoulliPixels,
    LogisticMixture,
    discretised_logistic,
    parameters_per_component,
)

BYTES = torch.arange(256, dtype=torch.float64) / 255
SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=15, deadline=None)


def random_mixture(seed: int, channels: int, components: int = 3, spread: float = 1.0) -> LogisticMixture:
    """A mixture of one pixel in double precision: means beyond black and white, scales from a tenth of a bin to 20."""
    generator = torch.Generator().manual_seed(seed)

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        drawn = torch.rand(1, components, *shape, 1, 1, generator=generator, dtype=torch.float64)
        return low + (high - low) * drawn

    return LogisticMixture(
        uniform(-3, 3),
        uniform(-1.5 * spread, 1.5 * spread, channels),
        uniform(LEAST_LOG_SCALE, 3, channels),
        uniform(-1, 1, channels * (channels - 1) // 2),
    )


def probabilities(mixture: LogisticMixture, colours: Tensor) -> Tensor:
    """The probabilities (N,) of colours (N, C) in [0, 1] of the one pixel."""
    rows = [field.expand(len(colours), *field.shape[1:]) for field in vars(mixture).values()]
    return LogisticMixture(*rows).log_likelihood(colours[:, :, None, None]).exp().flatten()


def first_channels(mixture: LogisticMixture, channels: int) -> LogisticMixture:
    couplings = mixture.couplings[:, :, : channels * (channels - 1) // 2]
    return LogisticMixture(
        mixture.weights, mixture.means[:, :, :channels], mixture.log_scales[:, :, :channels], couplings
    )


@FEW
@given(SEEDS)
def test_grey_values_sum_to_one(seed):
    assert probabilities(random_mixture(seed, 1), BYTES[:, None]).sum().item() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("mean", [-50.0, -1.0, 0.1, 1.0, 50.0])
@pytest.mark.parametrize("log_scale", [LEAST_LOG_SCALE, 0.0, 12.0])
def test_grey_values_sum_to_one_at_the_extremes_in_single_precision(mean, log_scale):
    output = torch.tensor([0.0, mean, log_scale]).view(1, 3, 1, 1).expand(256, 3, 1, 1)
    chances = LogisticMixture.of(output, 1).log_likelihood(BYTES.float().view(256, 1, 1, 1)).exp()
    assert chances.sum().item() == pytest.approx(1, abs=1e-4)


@settings(max_examples=4, deadline=None)
@given(SEEDS)
def test_two_coupled_channels_sum_to_one(seed):
    colours = torch.cartesian_prod(BYTES, BYTES)
    assert probabilities(random_mixture(seed, 2, components=2), colours).sum().item() == pytest.approx(1, abs=1e-9)


@FEW
@given(SEEDS, st.integers(0, 255), st.integers(0, 255))
def test_all_blues_together_are_as_likely_as_their_red_and_green(seed, red, green):
    mixture = random_mixture(seed, 3)
    pair = torch.tensor([[red, green]], dtype=torch.float64) / 255
    colours = torch.cat([pair.expand(256, 2), BYTES[:, None]], 1)
    expected = probabilities(first_channels(mixture, 2), pair)
    assert probabilities(mixture, colours).sum().item() == pytest.approx(expected.item(), rel=1e-9)


def naive_chance(value: int, mean: float, scale: float) -> float:
    """By the definition: the logistic's mass between the edges of the value's bin, the tails at black and white."""
    centre = 2 * value / 255 - 1

    def below(edge: float) -> float:
        return 1 / (1 + math.exp(-(edge - mean) / scale))

    return (1.0 if value == 255 else below(centre + HALF_BIN)) - (0.0 if value == 0 else below(centre - HALF_BIN))


def naive_log_likelihood(mixture: LogisticMixture, colour: list[int]) -> float:
    """By the definition, component by component and channel by channel."""
    weights = mixture.weights.softmax(1).flatten().tolist()
    total = 0.0
    for k, chance in enumerate(weights):
        means, log_scales, couplings = (
            field[0, k].flatten().tolist() for field in (mixture.means, mixture.log_scales, mixture.couplings)
        )
        red, green, _ = (2 * value / 255 - 1 for value in colour)
        shifts = [0.0, couplings[0] * red, couplings[1] * red + couplings[2] * green]
        for value, mean, shift, log_scale in zip(colour, means, shifts, log_scales, strict=True):
            chance *= naive_chance(value, mean + shift, math.exp(log_scale))
        total += chance
    return math.log(total)


@FEW
@given(SEEDS, st.lists(st.integers(0, 255), min_size=3, max_size=3))
def test_the_likelihood_is_the_naive_one(seed, colour):
    drawn = random_mixture(seed, 3, spread=0.5)
    mixture = LogisticMixture(drawn.weights, drawn.means, drawn.log_scales.clamp(min=-2), drawn.couplings)
    mine = probabilities(mixture, torch.tensor([colour], dtype=torch.float64) / 255).log()
    assert mine.item() == pytest.approx(naive_log_likelihood(mixture, colour), rel=1e-9)


def test_far_out_in_the_tails_nothing_is_lost():
    """A thousand scales off, where a difference of sigmoids is 0, the log-probability is linear."""
    values, means = torch.tensor([0.5, 0.5]), torch.tensor([-0.5, -0.501])
    near, far = discretised_logistic(values, means, torch.full((2,), math.log(1e-3))).tolist()
    assert near == pytest.approx(-1000 + 3.92, abs=1.0)
    assert near - far == pytest.approx(1.0, abs=1e-3)


def test_the_gradient_is_finite_where_the_likelihood_is_least():
    output = torch.tensor([0.0, 40.0, -30.0]).view(1, 3, 1, 1).requires_grad_()
    LogisticMixture.of(output, 1).log_likelihood(torch.zeros(1, 1, 1, 1)).sum().backward()
    assert output.grad is not None
    assert output.grad.isfinite().all()


def test_an_output_is_read_component_by_component():
    output = torch.arange(20.0).view(1, 20, 1, 1) / 10
    mixture = LogisticMixture.of(output, 3)
    assert parameters_per_component(3) == 10
    assert torch.allclose(mixture.weights.flatten(), torch.tensor([0.0, 1.0]))
    assert torch.allclose(mixture.means[0, 1].flatten(), torch.tensor([1.1, 1.2, 1.3]))
    assert torch.allclose(mixture.log_scales[0, 1].flatten(), torch.tensor([1.4, 1.5, 1.6]))
    assert torch.allclose(mixture.couplings[0, 1].flatten(), torch.tensor([1.7, 1.8, 1.9]).tanh())


def drawn_values(mixture: LogisticMixture, count: int, temperature: float = 1.0) -> Tensor:
    """Colours (count, C) as bytes, drawn from the one pixel."""
    rows = [field.float().expand(count, *field.shape[1:]) for field in vars(mixture).values()]
    pictures = LogisticMixture(*rows).sample(torch.Generator().manual_seed(5), temperature)
    return (pictures * 255).round().long()[:, :, 0, 0]


def chi_square(observed: Tensor, expected: Tensor) -> float:
    """The p-value of counts, all rare values counted with the least of the common ones."""
    order = expected.argsort()
    place = int((expected[order] < 5).sum()) + 1
    counts, means = (
        torch.cat([each[order[:place]].sum()[None], each[order[place:]]]) for each in (observed.double(), expected)
    )
    return float(stats.chisquare(counts.numpy(), (means * counts.sum() / means.sum()).numpy()).pvalue)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_samples_of_grey_pass_a_chi_square_test(seed):
    mixture = random_mixture(seed, 1)
    observed = torch.bincount(drawn_values(mixture, 20_000).flatten(), minlength=256)
    assert chi_square(observed, 20_000 * probabilities(mixture, BYTES[:, None])) > 0.001


def test_samples_of_two_coupled_channels_pass_a_chi_square_test():
    mixture = random_mixture(4, 2)
    values = drawn_values(mixture, 20_000)
    observed = torch.bincount(256 * values[:, 0] + values[:, 1], minlength=256**2)
    expected = 20_000 * probabilities(mixture, torch.cartesian_prod(BYTES, BYTES))
    blocks = [each.double().view(16, 16, 16, 16).sum((1, 3)).flatten() for each in (observed, expected)]
    assert chi_square(*blocks) > 0.001


def test_a_chi_square_test_tells_another_mixture():
    observed = torch.bincount(drawn_values(random_mixture(1, 1), 20_000).flatten(), minlength=256)
    assert chi_square(observed, 20_000 * probabilities(random_mixture(2, 1), BYTES[:, None])) < 1e-9


def one_logistic(log_scale: float) -> LogisticMixture:
    field = torch.zeros(1, 1, 1, 1)
    return LogisticMixture(field, field[None] + 0.1, field[None] + log_scale, torch.zeros(1, 1, 0, 1, 1))


@pytest.mark.parametrize("temperature", [0.25, 0.5, 2.0])
def test_temperature_multiplies_the_noise_of_pixels(temperature):
    mixture = one_logistic(-4.0)
    still, whole, tempered = (drawn_values(mixture, 2000, t).double() for t in (0.0, 1.0, temperature))
    assert (still == round(0.55 * 255)).all()
    rounding = 0.5 * (1 + temperature + abs(1 - temperature))
    assert ((tempered - still) - temperature * (whole - still)).abs().max() <= rounding
    assert (tempered.std() / whole.std()).item() == pytest.approx(temperature, rel=0.05)


def test_the_mean_is_what_samples_are_on_average():
    mixture = random_mixture(7, 3, spread=0.2)
    mixture = LogisticMixture(
        mixture.weights, mixture.means, torch.full_like(mixture.log_scales, -3.5), mixture.couplings
    )
    average = drawn_values(mixture, 20_000).double().mean(0) / 255
    assert torch.allclose(average, mixture.mean().flatten(), atol=0.003)


def test_the_likeliest_is_the_mean_of_the_heaviest_component():
    mixture = LogisticMixture(
        torch.tensor([0.0, 2.0, 1.0]).view(1, 3, 1, 1),
        torch.tensor([-0.9, 0.5, 0.9]).view(1, 3, 1, 1, 1),
        torch.zeros(1, 3, 1, 1, 1),
        torch.zeros(1, 3, 0, 1, 1),
    )
    assert mixture.likeliest().item() == pytest.approx(0.75)


def test_a_single_logistic_is_the_mixture_of_one_without_couplings():
    generator = torch.Generator().manual_seed(0)
    means, log_scales = torch.randn(2, 3, 4, 4, generator=generator), torch.tensor([-3.0, -2.0, -1.0])
    pictures = torch.randint(256, (2, 3, 4, 4), generator=generator) / 255
    own = discretised_logistic(2 * pictures - 1, means, log_scales[:, None, None].expand_as(means)).sum(1)
    single = LogisticMixture.single(means, log_scales)
    assert torch.allclose(single.log_likelihood(pictures), own, atol=1e-5)
    assert torch.equal(single.mean(), single.likeliest())
    assert torch.allclose(single.mean(), ((means + 1) / 2).clamp(0, 1))


def test_the_scale_of_a_single_logistic_is_likeliest_where_it_fits_the_errors():
    errors = 0.05 * torch.logit(torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(0)) * 0.98 + 0.01)
    pictures = ((errors * 127.5 + 127.5).round() / 255).clamp(0, 1)
    nats = [
        LogisticMixture.single(torch.zeros(1, 1, 64, 64), torch.tensor([math.log(scale)]))
        .log_likelihood(pictures)
        .sum()
        for scale in (0.03, 0.05, 0.08)
    ]
    assert nats[1] == max(nats)


def test_bernoulli_pixels_are_those_of_torch():
    logits, pictures = torch.randn(2, 1, 3, 3), torch.randint(0, 2, (2, 1, 3, 3)).float()
    expected = torch.distributions.Bernoulli(logits=logits)
    pixels = BernoulliPixels(logits)
    assert torch.allclose(pixels.log_likelihood(pictures), expected.log_prob(pictures).sum(1), atol=1e-5)
    assert torch.allclose(pixels.mean(), expected.mean)
    assert torch.equal(pixels.likeliest(), (expected.mean > 0.5).float())


def test_bernoulli_samples_are_as_often_white_as_they_should_be_and_cold_ones_the_likeliest():
    pixels = BernoulliPixels(torch.tensor([-1.0, 0.3, 2.0]).view(1, 3, 1, 1).expand(20_000, 3, 1, 1))
    share = pixels.sample(torch.Generator().manual_seed(0)).mean(0)
    assert torch.allclose(share, pixels.mean()[0], atol=0.015)
    assert torch.equal(pixels.sample(torch.Generator().manual_seed(0), 0.0), pixels.likeliest())
