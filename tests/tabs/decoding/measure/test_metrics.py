from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.decoding.loops import LoopDetector
from playground.tabs.decoding.measure.metrics import (
    Distinct,
    diversity,
    ends_in_loop,
    grid,
    repetition,
    survival,
    wilson_interval,
)

TOKENS = st.lists(st.integers(0, 4), max_size=40)


def ngrams(tokens, n):
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


@given(st.integers(1, 500), st.data())
@settings(max_examples=50)
def test_the_ends_of_the_interval_solve_wilsons_equation(trials, data):
    """At both ends the observed share lies z standard deviations off."""
    hits = data.draw(st.integers(0, trials))
    for end in wilson_interval(hits, trials):
        off = 1.959964**2 * end * (1 - end) / trials
        assert (hits / trials - end) ** 2 == pytest.approx(off, abs=1e-12)


def test_nothing_tried_says_nothing():
    assert wilson_interval(0, 0) == (0.0, 1.0)


@given(TOKENS)
@settings(max_examples=80)
def test_repetition_is_one_less_the_share_of_different_ngrams(tokens):
    found = repetition(np.array(tokens, dtype=np.int64))
    for n, share in enumerate(found, 1):
        grams = ngrams(tokens, n)
        assert share == pytest.approx(1 - len(set(grams)) / len(grams)) if grams else math.isnan(share)


@given(st.lists(TOKENS, max_size=6))
@settings(max_examples=50)
def test_distinct_counts_different_ngrams_over_all_texts(texts):
    counted = Distinct(5)
    for text in texts:
        counted.add([np.array(text, dtype=np.int64)])
    for n, share in enumerate(counted.shares(), 1):
        grams = [gram for text in texts for gram in ngrams(text, n)]
        assert share == pytest.approx(len(set(grams)) / len(grams)) if grams else math.isnan(share)


def test_a_vocabulary_whose_ngrams_do_not_fit_is_refused():
    Distinct(2_000_000)
    with pytest.raises(ValueError, match="64 bits"):
        Distinct(3_000_000)


def test_diversity_is_the_product_over_two_to_four():
    assert diversity(np.array([0.9, 0.5, 0.2, 0.1])) == pytest.approx(0.5 * 0.8 * 0.9)


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=20))
@settings(max_examples=50)
def test_survival_is_the_share_still_running(texts):
    limit = 30
    lengths = np.array([length if stopped else limit for length, stopped in texts])
    stopped = np.array([stopped for _, stopped in texts])
    shares = survival(lengths, stopped, np.arange(limit + 1))
    for t, share in enumerate(shares):
        running = [length > t or not ended for length, ended in zip(lengths, stopped, strict=True)]
        assert share == pytest.approx(np.mean(running))
    assert shares[0] == 1
    assert (np.diff(shares) <= 0).all()
    assert shares[-1] == pytest.approx(1 - stopped.mean())


def test_survival_of_no_text_is_one():
    none = np.empty(0, dtype=np.int64)
    assert survival(none, none.astype(bool), np.arange(3)).tolist() == [1, 1, 1]


@pytest.mark.parametrize("limit", [1, 2, 7, 1500])
def test_the_grid_goes_from_none_to_the_limit(limit):
    steps = grid(limit)
    assert (steps[0], steps[-1]) == (0, limit)
    assert (np.diff(steps) > 0).all()


@given(st.integers(1, 4), st.lists(st.lists(st.integers(0, 2), min_size=14, max_size=14), min_size=1, max_size=4))
@settings(max_examples=60)
def test_a_text_ends_in_a_loop_where_the_detector_finds_one(period, texts):
    texts[0] = (texts[0][:period] * 14)[:14]
    found = ends_in_loop(np.array(texts))
    for text, loop in zip(texts, found, strict=True):
        detector = LoopDetector()
        assert bool(loop) == ([detector.push(token) for token in text][-1] is not None)
    assert found[0]
