import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from playground.tabs.sampling.critic.lipschitz import (
    between,
    clip,
    gradient_penalty,
    iterated,
    normalized,
    over_norm,
    steepness_bound,
)
from playground.tabs.sampling.critic.networks import Perceptron

seeds = st.integers(0, 2**32 - 1)


def perceptron(seed, sizes=(3, 8, 8, 1)):
    return Perceptron(sizes, torch.Generator().manual_seed(seed)).double()


def points(seed, count=6, dimension=3):
    return torch.randn(count, dimension, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_gradients_in_the_input_are_autograds(seed):
    network, inputs = perceptron(seed), points(seed).requires_grad_()
    (expected,) = torch.autograd.grad(network(inputs).sum(), inputs)
    torch.testing.assert_close(network.input_gradients(inputs), expected)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_the_penaltys_gradient_in_the_weights_is_autograds(seed):
    network, inputs = perceptron(seed), points(seed).requires_grad_()
    weights = list(network.weights)
    (slopes,) = torch.autograd.grad(network(inputs).sum(), inputs, create_graph=True)
    expected = torch.autograd.grad(gradient_penalty(slopes), weights)
    found = torch.autograd.grad(gradient_penalty(network.input_gradients(inputs.detach())), weights)
    torch.testing.assert_close(found, expected)


def test_the_penalty_of_a_linear_critic_is_its_length_minus_one_squared():
    network = perceptron(0, (2, 1))
    with torch.no_grad():
        network.weights[0].copy_(torch.tensor([[3.0, 4.0]]))
        assert float(gradient_penalty(network.input_gradients(points(0, dimension=2)))) == pytest.approx(16)


def test_a_perceptron_is_torchs_layers_in_a_row():
    network, inputs = perceptron(1), points(1)
    linear = [nn.Linear(*weight.shape[::-1]).double() for weight in network.weights]
    for layer, weight, bias in zip(linear, network.weights, network.biases, strict=True):
        layer.weight, layer.bias = weight, bias
    first, second, third = linear
    expected = nn.Sequential(first, nn.LeakyReLU(0.2), second, nn.LeakyReLU(0.2), third)(inputs)
    torch.testing.assert_close(network(inputs), expected)


@given(seeds, st.integers(1, 8), st.integers(1, 8))
def test_a_normalized_weight_has_norm_one(seed, rows, columns):
    weight = points(seed, rows, columns)
    assert float(torch.linalg.matrix_norm(normalized(weight), 2)) == pytest.approx(1)


def test_a_weight_of_zeros_stays_zero():
    assert not normalized(torch.zeros(2, 3)).any()


def test_iterated_singular_vectors_give_norm_one():
    weight = torch.from_numpy(np.diag([3.0, 2.0, 1.0]) @ np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0])
    left, right = iterated(weight, points(2)[0], 40)
    assert float(torch.linalg.matrix_norm(over_norm(weight, left, right), 2)) == pytest.approx(1)


def test_a_step_at_a_time_finds_the_same_singular_vectors():
    weight, left = points(3, 3), points(4)[0]
    at_once, _ = iterated(weight, left, 5)
    for _ in range(5):
        left, _ = iterated(weight, left)
    torch.testing.assert_close(left, at_once)


@settings(max_examples=20, deadline=None)
@given(seeds)
@torch.no_grad()
def test_no_perceptron_is_steeper_than_its_bound(seed):
    network = perceptron(seed)
    one, other = points(seed), points(seed + 1)
    bound = steepness_bound(list(network.weights))
    slopes = (network(one) - network(other))[:, 0].abs() / (one - other).norm(dim=1)
    assert slopes.max() <= bound + 1e-9
    assert network.input_gradients(one).norm(dim=1).max() <= bound + 1e-9


def test_clipping_keeps_what_is_small_and_moves_the_rest():
    weight = torch.tensor([-2.0, -0.05, 0.3])
    clip([weight], 0.1)
    torch.testing.assert_close(weight, torch.tensor([-0.1, -0.05, 0.1]))


def test_points_between_lie_on_the_line_from_fake_to_real():
    real, fake = torch.ones(3, 2), torch.zeros(3, 2)
    shares = torch.tensor([[0.0], [0.25], [1.0]])
    torch.testing.assert_close(between(real, fake, shares), shares.expand(3, 2))


def test_the_last_layer_can_start_smaller():
    usual, small = (Perceptron((2, 4, 1), torch.Generator().manual_seed(0), last) for last in (1.0, 0.3))
    torch.testing.assert_close(small.weights[1], 0.3 * usual.weights[1])
    torch.testing.assert_close(small.weights[0], usual.weights[0])
