import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.tabs.decoding.loops import FEWEST_COPIES, LONGEST_PERIOD, Loop, LoopDetector


def find_loop(tokens):
    """The loop that the detector sees after the last token."""
    detector, loop = LoopDetector(), None
    for token in tokens:
        loop = detector.push(token)
    return loop


def naive_loop(tokens):
    """Every period from the shortest, compared token by token; the one that goes back farthest."""
    loops = []
    for period in range(1, min(LONGEST_PERIOD, len(tokens) // FEWEST_COPIES) + 1):
        onset = len(tokens) - period
        while onset > 0 and tokens[onset - 1] == tokens[onset - 1 + period]:
            onset -= 1
        if len(tokens) - onset >= FEWEST_COPIES * period:
            loops.append(Loop(onset, period, (len(tokens) - onset) // period))
    return min(loops, key=lambda loop: loop.onset, default=None)


@given(st.lists(st.integers(0, 2), max_size=60))
def test_loops_are_those_of_a_brute_force_search(tokens):
    assert find_loop(tokens) == naive_loop(tokens)


@given(st.lists(st.integers(0, 3), max_size=20), st.lists(st.integers(0, 3), min_size=1, max_size=9), st.integers(1, 8))
def test_repeated_stretches_are_found_at_every_prefix(start, stretch, copies):
    tokens, detector = start + stretch * copies, LoopDetector()
    for length, token in enumerate(tokens, start=1):
        assert detector.push(token) == naive_loop(tokens[:length])


@pytest.mark.parametrize("period", [1, 2, 199, LONGEST_PERIOD])
def test_long_periods_are_found_after_three_copies(period):
    tokens = [9999, *list(range(period)) * 3]
    assert find_loop(tokens) == Loop(1, period, 3)
    assert find_loop(tokens[:-1]) is None


def test_a_repetition_within_the_period_does_not_hide_it():
    assert find_loop([0, 1, 2, 2, 2] * 3) == Loop(0, 5, 3)


def test_a_period_beyond_the_longest_is_no_loop():
    assert find_loop(list(range(LONGEST_PERIOD + 1)) * 4) is None


def test_text_without_repetition_is_no_loop():
    assert find_loop(np.random.default_rng(0).permutation(1500).tolist()) is None
