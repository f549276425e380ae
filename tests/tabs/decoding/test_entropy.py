import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from playground.tabs.decoding.entropy import entropy, fixed_entropy, fixed_entropy_exponent


def rows(values):
    return torch.tensor([values], dtype=torch.float64)


def naive_entropy(logits, gamma):
    x = gamma * (np.asarray(logits) - np.max(logits))
    p = np.exp(x) / np.exp(x).sum()
    return -(p[p > 0] * np.log(p[p > 0])).sum()


LOGITS = st.lists(st.integers(-600, 600).map(lambda i: i / 50), min_size=2, max_size=40)


@given(LOGITS)
def test_entropy_is_its_definition(logits):
    assert float(entropy(rows(logits).log_softmax(-1))) == pytest.approx(naive_entropy(logits, 1), abs=1e-12)


def test_what_cannot_be_drawn_adds_no_entropy():
    log_p = torch.tensor([[math.log(0.5), math.log(0.5), -math.inf]])
    assert float(entropy(log_p)) == pytest.approx(math.log(2))


@settings(max_examples=150)
@given(LOGITS, st.floats(0.02, 0.98))
def test_the_exponent_hits_the_target_and_is_brentqs(logits, share):
    least, most = math.log(logits.count(max(logits))), math.log(len(logits))
    assume(most > least)
    target = least + share * (most - least)
    gamma = float(fixed_entropy_exponent(rows(logits), torch.tensor([target])))
    target = float(torch.tensor([target]))  # as float32 holds it
    assert naive_entropy(logits, gamma) == pytest.approx(target, abs=1e-6)
    expected = brentq(lambda g: naive_entropy(logits, g) - target, 1e-9, 1e5, xtol=1e-14, rtol=1e-14)
    assert naive_entropy(logits, gamma) == pytest.approx(naive_entropy(logits, expected), abs=1e-6)
    assert gamma == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("width", [1e-3, 0.1, 1.0, 5.0, 30.0])
@pytest.mark.parametrize("target", [1e-3, 0.3, 2.5, 8.0])
def test_large_vocabularies_hit_the_target(width, target):
    torch.manual_seed(0)
    log_p = (torch.randn(3, 20_000) * width).log_softmax(-1)
    raised = fixed_entropy(log_p.double(), torch.full((3,), target, dtype=torch.float64))
    torch.testing.assert_close(entropy(raised), torch.full((3,), target, dtype=torch.float64), atol=1e-6, rtol=0)


def test_a_target_above_the_logarithm_of_the_support_is_uniform():
    log_p = torch.tensor([[0.9, 0.09, 0.01, 0.0]]).log()
    torch.testing.assert_close(
        fixed_entropy(log_p, torch.tensor([2.0])).exp(), torch.tensor([[1 / 3, 1 / 3, 1 / 3, 0]])
    )


@pytest.mark.parametrize("target", [0.0, -1.0, 0.5])
def test_a_target_below_the_logarithm_of_the_ties_picks_among_the_best(target):
    log_p = torch.tensor([[0.4, 0.4, 0.2]]).log()
    torch.testing.assert_close(fixed_entropy(log_p, torch.tensor([target])).exp(), torch.tensor([[0.5, 0.5, 0]]))


@pytest.mark.parametrize("zero", [-math.inf, -1e4])
def test_what_has_no_probability_gets_none(zero):
    torch.manual_seed(0)
    log_p = torch.randn(1, 50).log_softmax(-1)
    padded = torch.cat((log_p, torch.full((1, 500), zero)), dim=-1)
    target = torch.tensor([3.8])
    torch.testing.assert_close(fixed_entropy_exponent(padded, target), fixed_entropy_exponent(log_p, target))
    assert (fixed_entropy(padded, target)[0, 50:] == -math.inf).all()


def test_the_order_of_the_tokens_stays():
    torch.manual_seed(0)
    log_p = torch.randn(1, 100).log_softmax(-1)
    raised = fixed_entropy(log_p, torch.tensor([1.0]))
    assert torch.equal(raised.argsort(stable=True), log_p.argsort(stable=True))


def test_rows_are_solved_apart():
    torch.manual_seed(0)
    log_p = torch.randn(4, 300).mul(torch.tensor([[0.1], [1], [4], [9]])).log_softmax(-1)
    target = torch.tensor([0.5, 9.0, 3.0, 0.0])
    together = fixed_entropy_exponent(log_p, target)
    alone = torch.cat([fixed_entropy_exponent(log_p[i : i + 1], target[i : i + 1]) for i in range(4)])
    torch.testing.assert_close(together, alone, rtol=1e-9, atol=0)
