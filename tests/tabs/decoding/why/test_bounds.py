import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.tabs.decoding.why.bounds import latest_greedy_stop, lower_bound

EPSILONS = st.floats(1e-6, 0.5)


@pytest.mark.parametrize(
    ("epsilon", "steps"), [(1e-2, 69), (1e-3, 693), (5e-4, 1386), (1e-4, 6932), (5e-5, 13_863), (1e-5, 69_315)]
)
def test_the_table_of_the_literature(epsilon, steps):
    assert latest_greedy_stop(epsilon) == steps


@given(EPSILONS)
def test_the_bound_exceeds_one_half_at_that_step_and_not_before(epsilon):
    step = latest_greedy_stop(epsilon)
    assert lower_bound(epsilon, step) > 0.5 - 1e-12
    assert lower_bound(epsilon, step - 1) <= 0.5 + 1e-12


@given(EPSILONS, st.integers(1, 50))
def test_the_bound_is_one_minus_a_power(epsilon, steps):
    assert lower_bound(epsilon, steps) == pytest.approx(1 - (1 - epsilon) ** steps)


def test_at_1500_tokens_only_a_large_epsilon_has_bitten():
    assert [round(lower_bound(epsilon, 1500), 3) for epsilon in (1e-4, 1e-5)] == [0.139, 0.015]
