import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from playground.tabs.matching.train.measures import BINS, EDGES, Map, best_accuracy, histograms

VECTORS = np.random.default_rng(0).normal(size=(30, 6)) * [5, 3, 1, 1, 1, 1]


def test_the_axes_are_the_principal_components():
    reference, ours = PCA(2).fit(VECTORS), Map(VECTORS)
    assert np.allclose(np.abs(reference.transform(VECTORS)), np.abs(ours.places(VECTORS)), atol=2e-2)
    assert ours.share == pytest.approx(reference.explained_variance_ratio_.sum())


def test_histograms_are_densities_of_each_kind():
    alike = np.arange(30) % 3 == 0
    cosines = np.random.default_rng(1).uniform(-1, 1, 30)
    heights = histograms(cosines, alike)
    for kind in (False, True):
        assert np.allclose(heights[int(kind)], np.histogram(cosines[alike == kind], EDGES, density=True)[0])


def test_a_cosine_a_hair_above_one_still_counts():
    assert histograms(np.array([1.0000001]), np.array([True]))[1, -1] == pytest.approx(BINS / 2)


def test_where_no_pair_is_alike_the_histogram_is_empty():
    assert not histograms(np.zeros(3), np.zeros(3, dtype=bool))[1].any()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([-0.5, 0, 0.1, 0.3, 0.9]), st.booleans()), min_size=1, max_size=12))
def test_the_best_accuracy_is_that_of_the_best_of_all_cuts(pairs):
    cosines, alike = (np.array(column) for column in zip(*pairs, strict=True))
    cuts = [*cosines, np.inf]
    assert best_accuracy(cosines, alike) == pytest.approx(max(((cosines >= cut) == alike).mean() for cut in cuts))
