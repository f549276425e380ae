import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as sk

from playground.tabs.matching.metrics import (
    Confusion,
    average_precision,
    pearson,
    ranks,
    roc_curve,
    spearman,
)

scored = st.lists(st.tuples(st.sampled_from([-1.0, 0.2, 0.25, 0.9, 3.0]), st.booleans()), min_size=2, max_size=30)
few = settings(max_examples=60, deadline=None)


def split(rows):
    scores, alike = zip(*rows, strict=True)
    return np.array(scores), np.array(alike)


@few
@given(scored)
def test_correlations_are_scipys(rows):
    scores, alike = split(rows)
    if np.ptp(scores) == 0 or alike.all() or not alike.any():
        assert math.isnan(pearson(scores, alike))
        assert math.isnan(spearman(scores, alike))
        return
    assert pearson(scores, alike) == pytest.approx(stats.pearsonr(scores, alike.astype(float)).statistic)
    assert spearman(scores, alike) == pytest.approx(stats.spearmanr(scores, alike).statistic)


@few
@given(scored)
def test_ranks_are_scipys(rows):
    scores, _ = split(rows)
    assert ranks(scores).tolist() == stats.rankdata(scores).tolist()


@few
@given(scored)
def test_average_precision_and_area_are_scikit_learns(rows):
    scores, alike = split(rows)
    if alike.all() or not alike.any():
        assert math.isnan(roc_curve(scores, alike).area)
        return
    assert average_precision(scores, alike) == pytest.approx(sk.average_precision_score(alike, scores))
    assert roc_curve(scores, alike).area == pytest.approx(sk.roc_auc_score(alike, scores))


@few
@given(scored)
def test_the_curve_is_scikit_learns(rows):
    scores, alike = split(rows)
    if alike.all() or not alike.any():
        return
    curve = roc_curve(scores, alike)
    false_alarms, hits, thresholds = sk.roc_curve(alike, scores, drop_intermediate=False)
    assert np.allclose(curve.hits, hits)
    assert np.allclose(curve.false_alarms, false_alarms)
    assert curve.thresholds.tolist() == thresholds.tolist()


@few
@given(scored, st.sampled_from([-2.0, 0.2, 0.24, 4.0]))
def test_measures_of_a_decision_are_scikit_learns(rows, threshold):
    scores, alike = split(rows)
    decision, called = Confusion.at(threshold, scores, alike), scores >= threshold
    assert decision.accuracy == pytest.approx(sk.accuracy_score(alike, called))
    assert decision.f1 == pytest.approx(sk.f1_score(alike, called, zero_division=0))
    varied = alike.any() and called.any() and not (alike.all() or called.all())
    assert decision.mcc == pytest.approx(sk.matthews_corrcoef(alike, called) if varied else 0.0, abs=1e-12)
    assert (decision.rejections, decision.false_alarms, decision.misses, decision.hits) == tuple(
        sk.confusion_matrix(alike, called, labels=[False, True]).ravel()
    )


@few
@given(scored)
def test_precision_and_recall_are_scikit_learns_where_they_exist(rows):
    scores, alike = split(rows)
    decision, called = Confusion.at(0.25, scores, alike), scores >= 0.25
    if called.any() and alike.any():
        assert decision.precision == pytest.approx(sk.precision_score(alike, called))
        assert decision.recall == pytest.approx(sk.recall_score(alike, called))


def test_a_false_alarm_costs_its_ratio():
    assert Confusion(hits=3, misses=2, false_alarms=4, rejections=1).cost(2.5) == pytest.approx((2 + 10) / 10)


def test_what_no_pair_decides_is_no_number():
    assert math.isnan(Confusion(0, 0, 0, 0).accuracy)
    assert math.isnan(Confusion(0, 1, 0, 1).precision)


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_correlations_do_not_depend_on_the_scale(scale):
    assert pearson(np.array([1.0, 2.0, 4.0]) * scale, [1, 2, 3]) == pytest.approx(0.98198051)
