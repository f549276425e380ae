import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from playground.tabs.prompting.few_shot.measures import confusion_of, interval, macro_f1

answers = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40).map(np.array)


@given(answers)
def test_confusion_and_f1_are_those_of_scikit_learn(pairs):
    gold, predicted = pairs.T
    confusion = confusion_of(gold, predicted, 4)
    assert np.array_equal(confusion, metrics.confusion_matrix(gold, predicted, labels=range(4)))
    expected = metrics.f1_score(gold, predicted, labels=range(4), average="macro", zero_division=0)
    assert macro_f1(confusion) == pytest.approx(expected)


@given(st.lists(st.floats(0.3, 0.7), min_size=2, max_size=10, unique=True))
def test_the_interval_over_seeds_is_students_or_that_over_texts_where_it_is_wider(accuracies):
    low, high = interval(accuracies, 200)
    spread = stats.sem(accuracies)
    expected = stats.t.interval(0.95, len(accuracies) - 1, np.mean(accuracies), spread)
    of_texts = interval([float(np.mean(accuracies))], 200)
    if expected[1] - expected[0] < of_texts[1] - of_texts[0]:
        expected = of_texts
    assert (low, high) == pytest.approx((max(0, expected[0]), min(1, expected[1])), abs=1e-4)


@given(st.integers(0, 50))
def test_the_interval_of_one_seed_is_wilsons(right):
    low, high = interval([right / 50], 50)
    expected = stats.binomtest(right, 50).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_equal_seeds_leave_the_interval_over_texts():
    assert interval([0.5, 0.5, 0.5], 100) == interval([0.5], 100)
