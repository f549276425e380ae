import math
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.collapse.verdict import (
    EARLY_STEPS,
    LEAST_STD,
    PATIENCE_STEPS,
    Reading,
    least_rank,
    thresholds,
    verdict,
)

# What an encoder of two hidden layers gave on nuisance-64 after 600 steps: loss, std, RankMe, kNN.
MEASURED = {
    "default": (-0.97, 0.99, 22.0, 0.98, "healthy"),
    "hidden BatchNorm": (-0.97, 0.89, 23.0, 0.98, "healthy"),
    "hidden BatchNorm, no stop-gradient": (-0.998, 0.06, 5.5, 0.3, "complete collapse"),
    "hidden BatchNorm, no predictor": (-0.996, 0.07, 7.0, 0.69, "complete collapse"),
    "default, no stop-gradient": (-0.998, 0.95, 4.8, 0.83, "dimensional collapse"),
    "no BatchNorm, no stop-gradient": (-0.999, 0.04, 4.0, 0.35, "complete collapse"),
    "fixed random predictor": (-0.34, 0.98, 12.0, 0.9, "not converging"),
    "linear predictor": (-0.99, 0.99, 16.0, 0.98, "healthy"),
    "predictor's rate a thousandth": (-0.47, 0.96, 11.0, 0.9, "not converging"),
    "weight decay 1e-2": (-0.98, 0.98, 6.6, 0.97, "dimensional collapse"),
    "moving average, no predictor": (-0.99, 0.99, 11.5, 0.99, "healthy"),
}
FRACTIONS = st.floats(0, 1) | st.just(math.nan)


@pytest.mark.parametrize(("loss", "std", "rank", "knn", "kind"), MEASURED.values(), ids=MEASURED)
def test_what_was_measured_gets_its_verdict(loss, std, rank, knn, kind):
    reading = Reading(64, std, rank, step=600, knn=knn, start_knn=0.42, chance=0.1, loss=loss)
    assert verdict(reading).kind == kind


def test_the_collapse_that_std_does_not_see_is_told_with_its_numbers():
    reason = str(verdict(Reading(64, std=0.95, rank=4.8, step=600, loss=-0.998)).reason)
    assert reason == (
        "std·√d is 0.95, as if healthy, but the outputs fill only 4.8 of 64 directions (RankMe; below √64 = 8.0)."
    )


def test_before_the_first_step_there_is_no_verdict_and_soon_after_only_on_complete_collapse():
    assert verdict(Reading(64, 0.01, 1.0, step=0)).kind == "too early"
    assert verdict(Reading(3, 0.01, 1.0, step=5)).kind == "complete collapse"
    assert verdict(Reading(64, 0.9, 1.0, step=EARLY_STEPS - 1)).kind == "too early"
    assert verdict(Reading(64, 0.9, 1.0, step=EARLY_STEPS)).kind == "dimensional collapse"


@pytest.mark.parametrize("fields", [{"loss": -0.2}, {"knn": 0.4, "start_knn": 0.4}])
def test_a_high_loss_and_nothing_learnt_are_given_some_time(fields):
    assert verdict(Reading(64, 0.9, 30.0, step=PATIENCE_STEPS - 1, **fields)).kind == "too early"
    assert verdict(Reading(64, 0.9, 30.0, step=PATIENCE_STEPS, **fields)).kind == "not converging"


def test_outputs_that_are_not_finite_do_not_converge():
    assert verdict(Reading(64, math.nan, math.nan, step=600)).kind == "not converging"


@pytest.mark.parametrize("dimension", [2, 3, 8, 64, 256])
def test_a_line_is_a_dimensional_collapse_in_every_dimension_and_all_directions_are_none(dimension):
    assert verdict(Reading(dimension, 0.9, 1.05)).kind == "dimensional collapse"
    assert verdict(Reading(dimension, 0.9, 0.95 * dimension)).kind == "healthy"


def test_few_rows_are_judged_by_the_directions_that_they_can_fill():
    assert verdict(Reading(1024, 0.9, 15.0, rows=16)).kind == "healthy"
    assert verdict(Reading(1024, 0.9, 15.0, rows=2000)).kind == "dimensional collapse"


def test_nothing_learnt_is_measured_from_the_start_or_else_from_chance():
    assert verdict(Reading(64, 0.9, 30.0, step=600, knn=0.43, start_knn=0.42)).kind == "not converging"
    assert verdict(Reading(64, 0.9, 30.0, knn=0.11, chance=0.1)).kind == "not converging"
    assert verdict(Reading(64, 0.9, 30.0, knn=0.11, chance=0.1, rows=10)).kind == "healthy"


def test_a_start_that_leaves_nothing_to_learn_is_no_reproach():
    assert verdict(Reading(2, 0.9, 1.9, step=600, knn=1.0, start_knn=1.0, chance=0.33)).kind == "healthy"


@given(
    st.integers(2, 4096),
    st.floats(0, 1) | st.just(math.nan),
    st.floats(1, 4096) | st.just(math.nan),
    st.none() | st.integers(0, 20_000),
    FRACTIONS,
    FRACTIONS,
    FRACTIONS,
    st.floats(-1, 1) | st.just(math.nan),
    st.none() | st.integers(2, 20_000),
)
@settings(max_examples=200)
def test_every_reading_has_a_verdict_whose_sentence_is_complete(d, std, rank, step, knn, start, chance, loss, rows):
    given = Reading(d, std, rank, step=step, knn=knn, start_knn=start, chance=chance, loss=loss, rows=rows)
    found = verdict(given)
    used = {name for _, name, _, _ in string.Formatter().parse(found.reason.message) if name}
    assert used <= set(found.reason.values)
    assert "nan" not in str(found.reason) or math.isnan(rank)
    if std < LEAST_STD and step != 0:
        assert found.kind == "complete collapse"


def test_the_thresholds_are_shown_as_they_are_used():
    said = " ".join(str(note) for note in thresholds(64))
    assert f"{LEAST_STD:g}" in said
    assert f"√64 = {least_rank(64):.1f}" in said


@pytest.mark.parametrize(("loss", "said"), [(-0.999, True), (0.125, False), (math.nan, False)])
def test_only_a_low_loss_is_said_to_hide_a_complete_collapse(loss, said):
    found = verdict(Reading(64, 1e-5, 1.0, step=1, loss=loss))
    assert found.kind == "complete collapse"
    assert ("does not show it" in found.reason.message) is said
