import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.tabs.matching.interaction.request import InteractionRequest
from playground.tabs.matching.interaction.view import reading
from tests.tabs.matching.interaction.timings import CROSS, ENCODER, LETTERS, view_of


def costs(power, *timed):
    return {cost.method: cost for cost in view_of(*timed).costs(InteractionRequest(power=power))}


@pytest.mark.parametrize(("count", "seconds"), [(1, 0.01), (8, 0.04), (5, 0.027), (24, 0.12), (40, 0.20), (1024, 5.12)])
def test_reading_is_as_measured_and_on_a_straight_line_beyond(count, seconds):
    assert reading(ENCODER, count) == pytest.approx(seconds)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_more_texts_never_take_less(one, other):
    few, many = sorted((one, other))
    assert all(reading(timed, few) <= reading(timed, many) for timed in (ENCODER, CROSS, LETTERS))


def test_kept_vectors_leave_one_text_to_read():
    cost = costs(3.0)["minilm"]
    assert cost.cached == pytest.approx(0.01 + 1000 * 1e-7)
    assert cost.anew == pytest.approx(reading(ENCODER, 1001) + 1000 * 1e-7)
    assert cost.cache_bytes == 4 * 384 * 1000


def test_what_reads_together_keeps_nothing():
    cost = costs(3.0)["cross-en"]
    assert cost.cached == cost.anew == pytest.approx(reading(CROSS, 1000))
    assert cost.cache_bytes == 0


def test_one_pair_is_two_texts_or_one_pair():
    assert {id: cost.one_pair for id, cost in costs(0.0).items()} == {"minilm": 0.014, "cross-en": 0.02, "bm25": 1e-5}


def test_two_stages_add_the_candidates_to_the_vectors():
    request = InteractionRequest(power=3.0, candidates=20)
    expected = 0.01 + 1000 * 1e-7 + reading(CROSS, 20)
    assert view_of().two_stages(request, 1000) == pytest.approx(expected)
    assert view_of().two_stages(request, 5) == pytest.approx(0.01 + 5e-7 + reading(CROSS, 5))
    assert view_of(ENCODER, LETTERS).two_stages(request, 1000) is None
