import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.matching.metrics import Confusion
from playground.tabs.matching.thresholds import GOALS, Sweep, best_of, between, interval

scored = st.lists(
    st.tuples(st.sampled_from([-1.0, 0.2, math.nextafter(0.2, 1), 0.9, 3.0]) | st.floats(-5, 5), st.booleans()),
    min_size=1,
    max_size=25,
)
few = settings(max_examples=80, deadline=None)


def split(rows):
    scores, alike = zip(*rows, strict=True)
    return np.array(scores), np.array(alike)


def judged(threshold, scores, alike, goal, ratio):
    decision = Confusion.at(threshold, scores, alike)
    return -decision.cost(ratio) if goal == "cost" else getattr(decision, goal)


@few
@given(scored, st.sampled_from(GOALS), st.sampled_from([0.1, 1.0, 7.0]))
def test_the_sweep_finds_what_trying_every_cut_finds(rows, goal, ratio):
    scores, alike = split(rows)
    best = best_of(Sweep(scores, alike).cuts(), goal, ratio)
    brute = max(judged(cut, scores, alike, goal, ratio) for cut in (*scores, math.inf))
    assert best.value == pytest.approx(brute, abs=1e-12)
    assert judged(best.threshold, scores, alike, goal, ratio) == pytest.approx(brute, abs=1e-12)


@few
@given(scored, st.sampled_from(GOALS), st.floats(-6, 6))
def test_no_other_threshold_is_better(rows, goal, threshold):
    scores, alike = split(rows)
    best = best_of(Sweep(scores, alike).cuts(), goal, 2.0)
    assert best.value >= judged(threshold, scores, alike, goal, 2.0) - 1e-12


@few
@given(scored, st.sampled_from(GOALS), st.floats(0, 1))
def test_the_whole_plateau_is_as_good(rows, goal, share):
    scores, alike = split(rows)
    best = best_of(Sweep(scores, alike).cuts(), goal, 2.0)
    low, high = np.clip([best.low, best.high], -10, 10)
    inside = max(low + share * (high - low), math.nextafter(low, math.inf))
    assert best.low < best.threshold <= best.high or math.isinf(best.threshold)
    assert judged(min(inside, high), scores, alike, goal, 2.0) == pytest.approx(best.value, abs=1e-12)


def test_between_two_classes_that_part_the_threshold_is_in_the_middle():
    best = best_of(Sweep([0.9, 0.2, 0.8, 0.1], [True, False, True, False]).cuts(), "accuracy")
    assert (best.threshold, best.value) == (pytest.approx(0.5), 1.0)
    assert (best.low, best.high) == (0.2, 0.8)


def test_the_widest_of_equally_good_plateaus_is_taken():
    scores, alike = [0.0, 0.1, 0.2, 0.9, 1.0], [False, True, False, True, True]
    assert best_of(Sweep(scores, alike).cuts(), "accuracy").threshold == pytest.approx(0.55)


def test_alike_pairs_alone_are_all_called_alike():
    best = best_of(Sweep([0.4, 0.6], [True, True]).cuts(), "accuracy")
    assert (best.threshold, best.low, best.high) == (-math.inf, -math.inf, 0.4)


def test_different_pairs_alone_are_never_called_alike():
    best = best_of(Sweep([0.4, 0.6], [False, False]).cuts(), "accuracy")
    assert (best.threshold, best.low, best.high) == (math.inf, 0.6, math.inf)


def test_constant_scores_call_all_or_none_alike():
    most = best_of(Sweep([0.5] * 3, [True, True, False]).cuts(), "accuracy")
    fewest = best_of(Sweep([0.5] * 3, [True, False, False]).cuts(), "accuracy")
    assert (most.threshold, fewest.threshold) == (-math.inf, math.inf)
    assert most.value == fewest.value == pytest.approx(2 / 3)


def test_dear_false_alarms_raise_the_threshold():
    generator = np.random.default_rng(0)
    alike = generator.random(400) < 0.5
    cuts = Sweep(alike + generator.normal(size=400), alike).cuts()
    cheap, even, dear = (best_of(cuts, "cost", ratio).threshold for ratio in (0.1, 1.0, 10.0))
    assert cheap < even < dear


def test_an_even_cost_is_the_share_of_wrong_decisions():
    cuts = Sweep([0.1, 0.4, 0.3, 0.9], [False, False, True, True]).cuts()
    assert np.allclose(cuts.values("cost"), cuts.values("accuracy") - 1)


def test_resampled_cuts_are_those_of_the_drawn_pairs():
    generator = np.random.default_rng(1)
    scores, alike = generator.integers(0, 9, 40) / 10, generator.random(40) < 0.4
    (cuts,) = Sweep(scores, alike).resampled(1, seed=5)
    drawn = np.argsort(-scores)[np.random.default_rng(5).integers(40, size=40)]
    expected = best_of(Sweep(scores[drawn], alike[drawn]).cuts(), "accuracy")
    assert best_of(cuts, "accuracy").value == expected.value
    assert cuts.alike == alike[drawn].sum()


def test_the_interval_holds_the_middle_of_the_values():
    low, high = interval(np.arange(1000))
    assert (low, high) == (24, 974)
    assert interval([0.5, math.inf, 0.4]) == (0.4, math.inf)


def test_between_neighbours_the_middle_is_the_higher_one():
    high = math.nextafter(0.2, 1)
    assert between(0.2, high) == high
    assert between(-1.7e308, 1.7e308) == 0.0
