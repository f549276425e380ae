import numpy as np
from sklearn.decomposition import PCA

from playground.tabs.matching.matrix.projection import principal_components, t_sne
from tests.tabs.matching.test_nearest import unit


def last(vectors, points):
    return [placed for placed in t_sne(vectors, points, 5.0, 0) if placed is not None][-1]


def test_principal_components_are_scikit_learns_up_to_their_signs():
    vectors = unit(30, 6)
    points, shares = principal_components(vectors)
    reference = PCA(2).fit(vectors)
    np.testing.assert_allclose(np.abs(points), np.abs(reference.transform(vectors)), atol=1e-5)
    np.testing.assert_allclose(shares, reference.explained_variance_ratio_, atol=1e-5)


def test_the_furthest_point_of_an_axis_is_on_its_positive_side():
    points, _ = principal_components(unit(30, 6))
    assert (points[np.abs(points).argmax(axis=0), [0, 1]] > 0).all()


def test_equal_texts_lie_on_one_point():
    vectors = unit(1, 6)[[0] * 5]
    points, shares = principal_components(vectors)
    np.testing.assert_allclose(points, 0, atol=1e-6)
    assert np.isfinite(shares).all()
    assert np.isfinite(last(vectors, points)).all()


def test_t_sne_keeps_two_groups_apart_and_comes_out_the_same_again():
    rng = np.random.default_rng(0)
    far = np.repeat(np.eye(2, 6, dtype=np.float32), 12, axis=0) + rng.normal(0, 0.05, (24, 6)).astype(np.float32)
    points, _ = principal_components(far)
    placed = last(far, points)
    np.testing.assert_array_equal(placed, last(far, points))
    first, second = placed[:12], placed[12:]
    between = np.linalg.norm(first.mean(axis=0) - second.mean(axis=0))
    within = max(np.linalg.norm(group - group.mean(axis=0), axis=1).mean() for group in (first, second))
    assert between > 2 * within


def test_three_texts_stay_where_their_principal_components_put_them():
    vectors = unit(3, 6)
    points, _ = principal_components(vectors)
    np.testing.assert_array_equal(last(vectors, points), points)
