import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from playground.tabs.sampling.critic import duals
from playground.tabs.sampling.critic.wasserstein import wasserstein_1

seeds = st.integers(0, 2**32 - 1)


def batches(seed, count=12, dimension=2):
    generator = torch.Generator().manual_seed(seed)
    real, fake = torch.randn(2, count, dimension, generator=generator, dtype=torch.float64)
    values = torch.randn(count, generator=generator, dtype=torch.float64)
    return real, fake, values


def exact(real, fake):
    return wasserstein_1(real.numpy(), fake.numpy())


def best_values(costs):
    """The optimal f on the real batch, by linear programming over f and g."""
    count = len(costs)
    pairs = np.array([(i, count + j) for i in range(count) for j in range(count)])
    rows = np.zeros((count * count, 2 * count))
    rows[np.arange(count * count)[:, None], pairs] = 1
    found = linprog(-np.ones(2 * count) / count, rows, costs.numpy().ravel(), bounds=(None, None))
    return torch.from_numpy(found.x[:count])


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_the_c_transform_is_a_lower_bound_whatever_the_critic(seed):
    real, fake, values = batches(seed)
    assert float(duals.transformed_dual(values, torch.cdist(real, fake))) <= exact(real, fake) + 1e-9


@settings(max_examples=5, deadline=None)
@given(seeds)
def test_the_c_transform_of_the_best_critic_is_the_distance(seed):
    real, fake, _ = batches(seed)
    costs = torch.cdist(real, fake)
    assert float(duals.transformed_dual(best_values(costs), costs)) == pytest.approx(exact(real, fake))


@given(seeds)
def test_the_c_transform_is_admissible_and_cannot_be_raised(seed):
    real, fake, values = batches(seed)
    costs = torch.cdist(real, fake)
    slack = costs - values[:, None] - duals.transformed(values, costs)
    assert slack.min() >= -1e-12
    assert slack.amin(0).abs().max() < 1e-12


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_the_difference_of_a_lipschitz_critic_is_a_lower_bound(seed):
    real, fake, direction = batches(seed)
    direction = direction[:2] / direction[:2].norm()
    value = duals.difference((real @ direction).abs(), (fake @ direction).abs())
    assert float(value) <= exact(real, fake) + 1e-9


def test_the_difference_reaches_the_distance_of_a_shift():
    real, _, _ = batches(0)
    shift = torch.tensor([3.0, 4.0], dtype=torch.float64)
    value = duals.difference(real @ shift / 5, (real - shift) @ shift / 5)
    assert float(value) == pytest.approx(exact(real, real - shift)) == pytest.approx(5)


@given(seeds, st.floats(0.1, 2))
def test_the_soft_transform_is_the_naive_formula(seed, epsilon):
    real, fake, values = batches(seed, count=3)
    costs = torch.cdist(real, fake)
    naive = -epsilon * np.log(np.exp((values[:, None] - costs).numpy() / epsilon).mean(0))
    np.testing.assert_allclose(duals.softly_transformed(values, costs, epsilon), naive)


@given(seeds, st.floats(0.001, 2))
def test_the_soft_transform_is_above_the_hard_one_by_at_most_epsilon_log_n(seed, epsilon):
    real, fake, values = batches(seed)
    costs = torch.cdist(real, fake)
    above = duals.softly_transformed(values, costs, epsilon) - duals.transformed(values, costs)
    assert above.min() >= -1e-9
    assert above.max() <= epsilon * math.log(len(values)) + 1e-9


def entropic_cost(costs, epsilon, rounds=3000):
    """<plan, costs> + epsilon KL(plan | product), by Sinkhorn's iterations."""
    count = len(costs)
    kernel, column = np.exp(-costs / epsilon) / count**2, np.ones(count)
    for _ in range(rounds):
        row = 1 / (count * (kernel @ column))
        column = 1 / (count * (kernel.T @ row))
    plan = row[:, None] * kernel * column
    return (plan * costs).sum() + epsilon * (plan * np.log(plan * count**2)).sum(), epsilon * np.log(row)


def test_the_soft_dual_of_the_best_critic_is_the_entropic_cost():
    real, fake, values = batches(3)
    costs = torch.cdist(real, fake)
    cost, best = entropic_cost(costs.numpy(), 0.3)
    assert float(duals.softly_transformed_dual(torch.from_numpy(best), costs, 0.3)) == pytest.approx(cost)
    assert float(duals.softly_transformed_dual(values, costs, 0.3)) < cost
    assert exact(real, fake) < cost < exact(real, fake) + 0.3 * math.log(len(costs))
