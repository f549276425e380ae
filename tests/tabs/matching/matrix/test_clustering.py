import numpy as np
import pytest
from sklearn.cluster import AgglomerativeClustering

from playground.tabs.matching.matrix.clustering import MOST_ORDERED, clusters, leaves, linkage
from tests.tabs.matching.test_nearest import unit


def groups(labels):
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist())}


@pytest.mark.parametrize("cosine", [0.0, 0.3, 0.7, 0.95])
def test_clusters_are_scikit_learns(cosine):
    vectors = unit(40, 4)
    reference = AgglomerativeClustering(None, metric="cosine", linkage="average", distance_threshold=1 - cosine)
    assert groups(clusters(linkage(vectors), cosine)) == groups(reference.fit_predict(vectors))


def test_the_largest_cluster_comes_first_and_equal_ones_by_their_first_text():
    vectors = np.eye(3, dtype=np.float32)[[2, 1, 0, 0, 0, 1]]
    assert clusters(linkage(vectors), 0.9).tolist() == [2, 1, 0, 0, 0, 1]


def test_a_cosine_of_one_joins_equal_texts_alone():
    vectors = unit(6, 8)[[0, 0, 1, 2, 3, 3]]
    assert clusters(linkage(vectors), 1.0).tolist() == [0, 0, 2, 3, 1, 1]


def test_clusters_stand_side_by_side_among_the_leaves():
    merges = linkage(unit(50, 4))
    labels = clusters(merges, 0.4)[leaves(merges)]
    assert (np.diff(labels) != 0).sum() + 1 == len(set(labels.tolist()))


def test_more_texts_than_can_be_ordered_are_merged_all_the_same():
    merges = linkage(unit(MOST_ORDERED + 5, 4))
    assert sorted(leaves(merges).tolist()) == list(range(MOST_ORDERED + 5))
