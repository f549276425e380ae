import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from transformers import TopKLogitsWarper, TopPLogitsWarper

from playground.tabs.decoding.filters import bound, keep_nucleus, keep_top_k, nmst_floor

LOGITS = st.lists(st.floats(-12, 12, width=32), min_size=2, max_size=40)
# Steps of one half make ties, as half-precision logits do.
COARSE_LOGITS = st.lists(st.integers(-6, 6).map(lambda i: i / 2), min_size=2, max_size=40)


def naive_nucleus_size(logits, mass, clear=1e-5):
    """How many tokens it takes in order of probability, in float64; None where rounding decides."""
    p = np.exp(np.array(logits, dtype=np.float64))
    reached = np.cumsum(np.sort(p / p.sum())[::-1])
    if np.abs(reached - mass).min() < clear:
        return None
    return int((reached < mass).sum()) + 1


@given(st.one_of(LOGITS, COARSE_LOGITS), st.integers(1, 50))
def test_top_k_keeps_what_transformers_keeps(logits, k):
    scores = torch.tensor([logits], dtype=torch.float32)
    expected = TopKLogitsWarper(k)(None, scores).isfinite()
    assert torch.equal(keep_top_k(scores, torch.tensor([k])), expected)


@given(st.one_of(LOGITS, COARSE_LOGITS), st.floats(0.01, 0.999))
def test_nucleus_keeps_what_transformers_keeps(logits, mass):
    scores = torch.tensor([logits], dtype=torch.float32)
    assume(naive_nucleus_size(logits, mass))
    expected = TopPLogitsWarper(mass)(None, scores).isfinite()
    kept = keep_nucleus(scores.log_softmax(-1), torch.tensor([mass], dtype=torch.float64))
    # Rounding in log_softmax can make two probabilities equal that were not: compare probabilities, not ids.
    assert torch.allclose(scores[kept].sort().values, scores[expected].sort().values, atol=1e-5)


@given(LOGITS, st.floats(0.01, 0.999))
def test_nucleus_is_the_smallest_set_that_reaches_the_mass(logits, mass):
    size = naive_nucleus_size(logits, mass)
    assume(size)
    kept = keep_nucleus(torch.tensor([logits]).log_softmax(-1), torch.tensor([mass], dtype=torch.float64))
    assert int(kept.sum()) == size


def test_of_equal_tokens_at_the_edge_transformers_choice_stays():
    scores = torch.zeros(1, 10)
    kept = keep_nucleus(scores.log_softmax(-1), torch.tensor([0.45], dtype=torch.float64))
    assert torch.equal(kept, TopPLogitsWarper(0.45)(None, scores).isfinite())


@pytest.mark.parametrize("width", [0.05, 0.3, 1.0, 4.0])
def test_large_vocabularies_agree_with_a_full_sort(width):
    """From flat, which needs the full sort, to peaked, where a short one does."""
    torch.manual_seed(0)
    scores = torch.randn(6, 3000) * width
    mass = torch.tensor([0.1, 0.2, 0.5, 0.8, 0.9, 0.99], dtype=torch.float64)
    kept = keep_nucleus(scores.log_softmax(-1), mass)
    for row in range(6):
        assert int(kept[row].sum()) == naive_nucleus_size(scores[row].tolist(), float(mass[row]), clear=1e-8)


def test_rows_are_filtered_apart():
    torch.manual_seed(0)
    log_p = torch.randn(5, 2000).log_softmax(-1)
    mass = torch.tensor([0.2, 0.9, 0.05, 1.0, 0.5], dtype=torch.float64)
    k = torch.tensor([1, 7, 2000, 4000, 3])
    for row in range(5):
        alone = slice(row, row + 1)
        assert torch.equal(keep_nucleus(log_p, mass)[alone], keep_nucleus(log_p[alone], mass[alone]))
        assert torch.equal(keep_top_k(log_p, k)[alone], keep_top_k(log_p[alone], k[alone]))


@given(LOGITS, st.integers(1, 2000), st.floats(1e-6, 0.5))
def test_the_floor_is_its_definition(logits, step, epsilon):
    log_p = torch.tensor([logits], dtype=torch.float64).log_softmax(-1)
    p, f = log_p.exp()[0].numpy(), 1 - (1 - epsilon) ** step
    expected = (1 - f) * p
    expected[0] = f + (1 - f) * p[0]
    floored = nmst_floor(log_p, torch.tensor([step]), torch.tensor([epsilon], dtype=torch.float64), eos=0)
    np.testing.assert_allclose(floored.exp()[0].numpy(), expected, rtol=1e-6, atol=1e-12)


@given(LOGITS, st.integers(1, 2000))
def test_the_floor_keeps_the_order_of_the_other_tokens(logits, step):
    log_p = torch.tensor([logits]).log_softmax(-1)
    floored = nmst_floor(log_p, torch.tensor([step]), torch.tensor([0.01]), eos=0)
    order = log_p[0, 1:].argsort(stable=True)
    assert bool((floored[0, 1:][order].diff() >= 0).all())


def test_the_bound_reaches_one_half_where_greedy_must_stop():
    """ln 2 / -ln(1 - epsilon) steps: 69 for 0.01, 693 for 0.001."""
    assert bound(68, 0.01) < 0.5 < bound(69, 0.01)
    assert bound(692, 0.001) < 0.5 < bound(693, 0.001)
