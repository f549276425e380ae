"""ST and NMST against the papers' formulas, written out naively in float64."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.nets.termination import join_eos, log1mexp, nmst_log_continue, st_log_continue

EOS = 2
EPSILONS = st.sampled_from([1e-5, 1e-3, 0.01, 0.2])
SCORES = st.lists(st.floats(-12, 12), min_size=1, max_size=20)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def naive_st(scores: list[float], epsilon: float) -> list[float]:
    """Welleck et al. 2020: alpha_t = sigma(score_t) (1 - p_{t-1}(eos)), p_t(eos) = 1 - alpha_t."""
    p_eos = [0.0]
    for score in scores:
        p_eos.append(1 - (1 - epsilon) * sigmoid(score) * (1 - p_eos[-1]))
    return p_eos[1:]


def naive_nmst(scores: list[float], epsilon: float) -> list[float]:
    """Choi et al. 2023: between f_lb(t) = 1 - (1 - epsilon)^t and 1, at sigmoid(score_t) of the way."""
    bounds = [1 - (1 - epsilon) ** t for t in range(1, len(scores) + 1)]
    return [low + sigmoid(score) * (1 - low) for score, low in zip(scores, bounds, strict=True)]


def steps_of(scores: list[float]) -> torch.Tensor:
    return torch.arange(1, len(scores) + 1)[None]


@given(SCORES, EPSILONS)
def test_st_ends_with_the_papers_probability(scores, epsilon):
    ours = st_log_continue(torch.tensor([scores]), steps_of(scores), torch.zeros(1), epsilon)
    np.testing.assert_allclose(1 - ours[0].double().exp(), naive_st(scores, epsilon), atol=2e-5)


@given(SCORES, EPSILONS)
def test_nmst_ends_with_the_papers_probability(scores, epsilon):
    ours = nmst_log_continue(torch.tensor([scores]), steps_of(scores), epsilon)
    np.testing.assert_allclose(1 - ours[0].double().exp(), naive_nmst(scores, epsilon), atol=2e-5)


@given(SCORES, EPSILONS)
def test_both_heads_end_at_least_as_often_as_their_bound(scores, epsilon):
    steps = steps_of(scores)
    bound = 1 - (1 - epsilon) ** steps[0].double()  # the papers' lower bound on p(eos) at step t
    for log_continue in (
        st_log_continue(torch.tensor([scores]), steps, torch.zeros(1), epsilon),
        nmst_log_continue(torch.tensor([scores]), steps, epsilon),
    ):
        assert (log1mexp(log_continue)[0].double().exp() >= bound * (1 - 1e-3) - 1e-6).all()


@given(SCORES, EPSILONS)
def test_st_never_becomes_less_likely_to_end(scores, epsilon):
    log_continue = st_log_continue(torch.tensor([scores]), steps_of(scores), torch.zeros(1), epsilon)
    assert (log_continue.diff(dim=1) < 0).all()


@given(SCORES, st.integers(0, 20), EPSILONS)
def test_st_may_be_computed_in_two_parts(scores, cut, epsilon):
    whole = st_log_continue(torch.tensor([scores]), steps_of(scores), torch.zeros(1), epsilon)
    cut = min(cut, len(scores) - 1)
    steps, score = steps_of(scores), torch.tensor([scores])
    first = st_log_continue(score[:, :cut], steps[:, :cut], torch.zeros(1), epsilon)
    carried = first[:, -1] if cut else torch.zeros(1)
    second = st_log_continue(score[:, cut:], steps[:, cut:], carried, epsilon)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)


@given(st.floats(-80, -1e-6))
def test_log1mexp_is_right_from_near_certain_to_near_impossible(log_p):
    with localcontext(prec=60):
        exact = float((1 - Decimal(log_p).exp()).ln())
    assert log1mexp(torch.tensor(log_p, dtype=torch.float64)).item() == pytest.approx(exact, rel=1e-12, abs=0)


@pytest.mark.parametrize("log_p", [0.0, -1e-30, -1e-7, -math.log(2), -1.0, -90.0, -1e30])
def test_log1mexp_and_its_gradient_are_finite_at_the_ends(log_p):
    x = torch.tensor(log_p, requires_grad=True)
    log1mexp(x).backward()
    assert torch.isfinite(log1mexp(x))
    assert torch.isfinite(x.grad)


def test_no_row_ends_inside_its_context():
    steps, score = torch.tensor([[0, 0, 1]]), torch.full((1, 3), -3.0)
    for log_continue in (
        st_log_continue(score, steps, torch.zeros(1), 0.01),
        nmst_log_continue(score, steps, 0.01),
    ):
        p = join_eos(torch.randn(1, 3, 6), log_continue, steps, EOS).exp()
        assert p[0, :2, EOS].tolist() == [0.0, 0.0]
        assert p[0, 2, EOS] > 0


@given(st.integers(0, 1000), st.floats(-20, -0.001))
def test_what_eos_leaves_is_spread_as_a_softmax_of_the_other_tokens(seed, log_continue):
    logits = torch.randn(1, 1, 7, generator=torch.Generator().manual_seed(seed)) * 3
    p = join_eos(logits, torch.tensor([[log_continue]]), torch.tensor([[3]]), EOS)[0, 0].double().exp()
    others = [i for i in range(7) if i != EOS]
    weights = np.exp(logits[0, 0, others].double().numpy())
    np.testing.assert_allclose(p[others], weights / weights.sum() * math.exp(log_continue), rtol=1e-4, atol=1e-12)
    assert p[EOS].item() == pytest.approx(-math.expm1(log_continue), rel=1e-4)
    assert p.sum().item() == pytest.approx(1, abs=1e-5)
