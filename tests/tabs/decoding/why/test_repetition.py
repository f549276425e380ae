import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.decoding.why.repetition import (
    certain_cycles,
    eigenvalues,
    lower_estimate,
    never_stops,
    remaining,
    repetition,
    row_maximum,
)

FEW = settings(max_examples=40, deadline=None)


@st.composite
def chains(draw, largest=6):
    """Substochastic matrices with some transitions left out; every row leaks at least a little."""
    size = draw(st.integers(1, largest))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    weights = generator.random((size, size)) * (generator.random((size, size)) < draw(st.floats(0.2, 1)))
    rows = weights.sum(axis=1, keepdims=True)
    return weights / np.where(rows > 0, rows, 1) * generator.uniform(0.1, 0.97, (size, 1))


@st.composite
def partly_certain(draw):
    """Matrices whose rows are either one certain transition, or none, or half of one."""
    size = draw(st.integers(1, 6))
    p = np.zeros((size, size))
    for row in range(size):
        p[row, draw(st.integers(0, size - 1))] = draw(st.sampled_from([0.0, 0.5, 1.0, 1.0]))
    return p


def power_series(p, terms=600):
    square, power, total = p * p, np.eye(len(p)), 0.0
    for _ in range(terms):
        power = power @ square
        total += np.trace(power)
    return total


@FEW
@given(chains())
def test_the_mass_is_the_power_series_of_the_elementwise_square(p):
    assert repetition(p) == pytest.approx(power_series(p), rel=1e-9, abs=1e-12)


@FEW
@given(chains())
def test_the_mass_is_the_sum_over_eigenvalues(p):
    values = eigenvalues(p)
    assert repetition(p) == pytest.approx(float(np.real((values / (1 - values)).sum())), rel=1e-6, abs=1e-9)


@FEW
@given(chains(largest=3))
def test_the_mass_of_short_cycles_is_the_sum_over_all_closed_paths(p):
    square, expected = p * p, 0.0
    for length in (1, 2, 3, 4):
        for path in itertools.product(range(len(p)), repeat=length):
            expected += math.prod(p[a, b] for a, b in zip(path, (*path[1:], path[0]), strict=True)) ** 2
    traces = sum(np.trace(np.linalg.matrix_power(square, length)) for length in (1, 2, 3, 4))
    assert traces == pytest.approx(expected)


@pytest.mark.parametrize(("a", "b"), [(0.9, 0.8), (0.5, 0.5), (1.0, 0.7)])
def test_two_tokens_that_follow_each_other_by_hand(a, b):
    p = np.array([[0.0, a], [b, 0.0]])
    assert repetition(p) == pytest.approx(2 * (a * b) ** 2 / (1 - (a * b) ** 2))


@pytest.mark.parametrize("a", [0.0, 0.3, 0.99])
def test_one_token_that_repeats_itself_by_hand(a):
    assert repetition(np.array([[a]])) == pytest.approx(a * a / (1 - a * a))


def test_the_mass_is_the_expected_number_of_immediate_repeats():
    p = np.array([[0.1, 0.7, 0.1], [0.6, 0.0, 0.2], [0.3, 0.5, 0.0]])
    generator, texts, total, spread = np.random.default_rng(3), 20_000, 0.0, 0.0
    edges = np.column_stack([p, 1 - p.sum(axis=1)]).cumsum(axis=1)
    edges = np.vstack([edges, [0, 0, 0, 1]])  # the end stays the end
    for start in range(3):
        path = [np.full(texts, start)]
        for _ in range(60):
            path.append((generator.random((texts, 1)) > edges[path[-1]]).sum(axis=1))
        tokens = np.array(path).T  # (texts, 61), 3 for <eos>
        counts = np.zeros(texts)
        for k in range(1, 31):
            counts += ((tokens[:, : k + 1] == tokens[:, k : 2 * k + 1]) & (tokens[:, : k + 1] < 3)).all(axis=1)
        total += counts.mean()
        spread += counts.var() / texts
    assert abs(total - repetition(p)) < 4 * math.sqrt(spread)


@FEW
@given(partly_certain())
def test_the_mass_is_infinite_exactly_where_an_eigenvalue_is_one(p):
    assert math.isinf(repetition(p)) == (np.abs(eigenvalues(p))[0] > 1 - 1e-9)


@FEW
@given(partly_certain())
def test_certain_cycles_are_those_of_probability_one(p):
    for cycle in certain_cycles(p):
        assert all(p[a, b] == 1 for a, b in zip(cycle, [*cycle[1:], cycle[0]], strict=True))
        assert cycle[0] == min(cycle)
    ends = {token for token in range(len(p)) if _stays_certain(p, token)}
    assert bool(ends) == bool(certain_cycles(p))


def _stays_certain(p, token):
    for _ in range(len(p) + 1):
        if p[token].max() < 1:
            return False
        token = int(p[token].argmax())
    return True


def test_two_cycles_beside_each_other_are_both_named():
    p = np.zeros((5, 5))
    for a, b in ((3, 1), (1, 3), (0, 3), (2, 2)):
        p[a, b] = 1.0
    assert certain_cycles(p) == [[1, 3], [2]]


@FEW
@given(chains())
def test_no_eigenvalue_exceeds_the_largest_row_sum(p):
    assert np.abs(eigenvalues(p))[0] <= row_maximum(p) + 1e-12


@FEW
@given(chains())
def test_the_lower_estimate_is_its_series_or_does_not_converge(p):
    choices = max(remaining(p) * len(p), 1e-9)
    growth = np.abs(np.linalg.eigvals(p)).max() ** 2 / choices
    if growth >= 1:
        assert math.isinf(lower_estimate(p))
        return
    terms, power = [], np.eye(len(p))
    for _ in range(400):
        power = power @ p / math.sqrt(choices)
        terms.append(np.trace(power) ** 2)
    if growth < 0.9:
        assert lower_estimate(p) == pytest.approx(sum(terms), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("leak", [0.0, 0.1, 0.5])
def test_the_lower_estimate_is_exact_where_every_transition_is_as_probable(leak):
    p = np.full((7, 7), (1 - leak) / 7)
    assert lower_estimate(p) == pytest.approx(repetition(p))


@FEW
@given(chains(), st.integers(0, 2**32 - 1))
def test_what_never_stops_is_what_is_left_after_very_many_steps(p, seed):
    generator = np.random.default_rng(seed)
    closed = generator.random(len(p)) < 0.4  # these rows stop leaking, if they lead anywhere
    rows = p.sum(axis=1, keepdims=True)
    p = np.where(closed[:, None] & (rows > 0), p / np.where(rows > 0, rows, 1), p)
    start = generator.random(len(p))
    left = start @ np.linalg.matrix_power(p, 2**20) / start.sum()
    assert never_stops(p, start) == pytest.approx(left.sum(), abs=1e-6)


def test_a_chain_that_never_leaks_never_stops():
    assert never_stops(np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([1.0, 0.0])) == 1


def test_half_of_the_texts_are_lost_where_half_fall_into_a_trap():
    p = np.array([[0.0, 0.5], [0.0, 1.0]])
    assert never_stops(p, np.array([1.0, 0.0])) == pytest.approx(0.5)
