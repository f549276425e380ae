import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.decoding.why.bigrams import STORYBOOKS, distributions, nucleus, storybooks, top_k
from playground.tabs.decoding.why.repetition import never_stops, repetition, row_maximum

FEW = settings(max_examples=40, deadline=None)


@st.composite
def tables(draw):
    """Distributions (n, n + 1)."""
    size = draw(st.integers(1, 6))
    return np.random.default_rng(draw(st.integers(0, 2**32 - 1))).dirichlet(np.full(size + 1, 0.3), size) + 1e-6


def naive_cut(row, count, eos):
    """The row renormalised over its `count` most probable entries, one entry at a time."""
    row = row.copy()
    if eos == "dropped":
        row[-1] = 0
    best = sorted(range(len(row)), key=lambda j: -row[j])[:count]
    kept = [value if j in best or (eos == "kept" and j == len(row) - 1) else 0.0 for j, value in enumerate(row)]
    return np.array(kept) / sum(kept)


def naive_size(row, mass, eos):
    """How many entries nucleus keeps before <eos> is put back."""
    row = row / row.sum() if eos != "dropped" else row[:-1] / row[:-1].sum()
    total = 0.0
    for size, value in enumerate(sorted(row, reverse=True), start=1):
        total += value
        if total >= mass:
            return size
    return len(row)


@FEW
@given(tables(), st.integers(1, 7), st.sampled_from(["plain", "kept", "dropped"]))
def test_top_k_is_the_naive_cut(p, k, eos):
    expected = [naive_cut(row, k, eos) for row in p]
    np.testing.assert_allclose(top_k(p, k, eos), expected, atol=1e-12)


@FEW
@given(tables(), st.floats(0.01, 0.99), st.sampled_from(["plain", "kept", "dropped"]))
def test_nucleus_is_the_naive_cut(p, mass, eos):
    p = p / p.sum(axis=1, keepdims=True)
    expected = [naive_cut(row, naive_size(row, mass, eos), eos) for row in p]
    np.testing.assert_allclose(nucleus(p, mass, eos), expected, atol=1e-12)


@FEW
@given(tables())
def test_no_cut_changes_nothing(p):
    p = p / p.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(nucleus(p, 1.0), p, atol=1e-12)
    np.testing.assert_allclose(top_k(p, p.shape[1]), p, atol=1e-12)


@FEW
@given(tables(), st.integers(1, 7))
def test_consistent_cuts_always_hold_eos_and_the_others_may_not(p, k):
    assert (top_k(p, k, "kept")[:, -1] > 0).all()
    assert (top_k(p, k, "dropped")[:, -1] == 0).all()


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_nothing_is_impossible_under_the_shipped_model(temperature):
    p = distributions(storybooks().counts, temperature)
    assert p.shape == (255, 256)
    assert (p > 0).all()
    np.testing.assert_allclose(p.sum(axis=1), 1)


def test_at_temperature_one_the_model_is_the_smoothed_counts():
    counts = np.array([[2.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    frequency = counts.sum(axis=0) + 1
    expected = counts + frequency / frequency.sum()
    np.testing.assert_allclose(distributions(counts), expected / expected.sum(axis=1, keepdims=True))


def test_a_higher_temperature_flattens_the_rows_and_lessens_the_repetition():
    cold, warm = (distributions(storybooks().counts, temperature)[:, :-1] for temperature in (1.0, 2.0))
    assert row_maximum(warm) < row_maximum(cold)
    assert repetition(warm) < repetition(cold)


def test_keeping_eos_makes_every_cut_of_the_shipped_model_stop():
    p, starts = distributions(storybooks().counts), storybooks().starts
    assert all(never_stops(top_k(p, k, "kept")[:, :-1], starts) < 1e-9 for k in (1, 2, 8, 64))
    assert never_stops(top_k(p, 1)[:, :-1], starts) > 0.9


def test_the_shipped_counts_are_small_enough_to_read():
    assert STORYBOOKS.stat().st_size <= 300_000
