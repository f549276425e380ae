from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.losses.kl_balance import balance, group_sizes, warm_up, weighted_kl

COSTS = st.lists(st.floats(0, 1e4), min_size=3, max_size=3)
SIZES = group_sizes([0, 1, 1])


@pytest.mark.parametrize(("step", "expected"), [(0, 1e-4), (15, 0.5), (30, 1.0), (100, 1.0)])
def test_the_kl_warms_up_linearly_over_its_share(step, expected):
    assert warm_up(step, 100, share=0.3) == pytest.approx(expected)


def test_no_share_at_all_is_no_warm_up():
    assert warm_up(1, 100, share=0.0) == 1.0


def test_a_group_is_as_large_as_its_scale_shared_among_the_scales_groups():
    assert group_sizes([0, 0, 1, 1, 1, 2]).tolist() == pytest.approx([1, 1, 8 / 3, 8 / 3, 8 / 3, 32])


def test_a_lower_power_leaves_the_coarse_scales_more() -> None:
    assert group_sizes([0, 1, 1, 3], power=1).tolist() == pytest.approx([1, 1, 1, 8])
    assert group_sizes([0, 1, 1, 3], power=0).tolist() == pytest.approx([2, 1, 1, 2])


@settings(max_examples=50, deadline=None)
@given(COSTS)
def test_balanced_weights_are_one_on_average(costs):
    assert balance(torch.tensor(costs), SIZES).mean().item() == pytest.approx(1, rel=1e-5)


def test_groups_that_say_little_for_their_size_pay_little():
    idle, small, large = balance(torch.tensor([0.0, 4.0, 4.0]), torch.tensor([1.0, 1.0, 4.0])).tolist()
    assert idle < large < small
    assert small / large == pytest.approx(4)


def test_the_weighted_kl_is_the_balanced_sum_while_it_warms_up():
    kl = torch.tensor([[2.0, 8.0, 0.0], [4.0, 0.0, 2.0]])
    means = [3.0, 4.0, 1.0]
    raw = [(mean + 0.01) / size for mean, size in zip(means, [1.0, 2.0, 2.0], strict=True)]
    expected = 0.25 * sum(3 * weight / sum(raw) * mean for weight, mean in zip(raw, means, strict=True))
    assert weighted_kl(kl, 0.25, SIZES).item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("weight", "sizes"), [(1.0, SIZES), (0.25, None)])
def test_without_balance_or_past_the_warm_up_it_is_the_plain_sum(weight, sizes):
    kl = torch.tensor([[2.0, 8.0, 0.0], [4.0, 0.0, 2.0]])
    assert weighted_kl(kl, weight, sizes).item() == pytest.approx(weight * 8.0)


def test_the_weights_are_constants_for_the_gradient():
    kl = torch.tensor([[2.0, 8.0, 1.0]], requires_grad=True)
    weighted_kl(kl, 0.5, SIZES).backward()
    assert kl.grad is not None
    assert torch.allclose(kl.grad[0], 0.5 * balance(kl[0], SIZES))
