import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from playground.tabs.matching.nearest import BLOCK, best, neighbours, search

SCORES = arrays.arrays(np.float32, st.integers(0, 30), elements=st.sampled_from([-1.0, 0.0, 0.25, 0.5, 1.0]))


def unit(rows, columns, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def finished(work):
    while True:
        try:
            next(work)
        except StopIteration as ended:
            return ended.value


@settings(max_examples=50, deadline=None)
@given(SCORES, st.integers(0, 40))
def test_the_best_are_those_of_a_whole_sort_ties_in_order(scores, count):
    expected = sorted(range(len(scores)), key=lambda place: (-scores[place], place))[:count]
    assert best(scores, count).tolist() == expected


def test_a_search_equals_brute_force():
    vectors, query = unit(500, 16), unit(1, 16, seed=1)[0]
    places, cosines = search(vectors, query, 20)
    every = [float(np.dot(vector.astype(np.float64), query.astype(np.float64))) for vector in vectors]
    assert places.tolist() == sorted(range(500), key=lambda place: -every[place])[:20]
    np.testing.assert_allclose(cosines, sorted(every)[:-21:-1], atol=1e-6)


def test_neighbours_and_pairs_equal_brute_force_over_several_blocks():
    vectors = unit(BLOCK + 44, 8)
    found = finished(neighbours(vectors, 50))
    cosines = (vectors @ vectors.T).astype(np.float64)
    pairs = sorted((-cosines[a, b], a, b) for a in range(len(vectors)) for b in range(a + 1, len(vectors)))[:50]
    assert {tuple(pair) for pair in found.pairs.tolist()} == {(a, b) for _, a, b in pairs}
    np.testing.assert_allclose(found.pair_cosines, [-score for score, _, _ in pairs], atol=1e-6)
    np.fill_diagonal(cosines, -np.inf)
    np.testing.assert_array_equal(found.nearest, cosines.argmax(axis=1))
    np.testing.assert_allclose(found.cosines, cosines.max(axis=1), atol=1e-6)


def test_two_vectors_are_one_pair():
    found = finished(neighbours(unit(2, 4), 10))
    assert found.pairs.tolist() == [[0, 1]]
    assert found.nearest.tolist() == [1, 0]


def test_no_candidates_are_found_among_no_vectors():
    places, cosines = search(np.empty((0, 4), np.float32), unit(1, 4)[0], 5)
    assert (len(places), len(cosines)) == (0, 0)
