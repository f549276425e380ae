import numpy as np
import pytest
from scipy.stats import chi

from playground.tabs.sampling.critic.comparing import (
    centres,
    distances,
    expected_norm,
    normal_ground,
    principal_axes,
    principal_ground,
)
from playground.tabs.sampling.critic.wasserstein import wasserstein_1


def means(dimension, batch=64, repeats=6):
    return np.mean(list(distances(normal_ground(dimension, 0), batch, repeats, 0)), axis=0)


@pytest.mark.parametrize("dimension", [1, 2, 8, 512])
def test_the_expected_norm_is_that_of_the_chi_distribution(dimension):
    assert expected_norm(dimension) == pytest.approx(chi(dimension).mean())


@pytest.mark.parametrize("dimension", [2, 32, 128])
def test_the_distance_to_the_mean_is_the_expected_norm(dimension):
    _, to_mean, _ = means(dimension)
    assert to_mean == pytest.approx(expected_norm(dimension), rel=0.05)


def test_the_mean_is_closer_only_in_many_dimensions():
    ratios = [real / mean for real, mean, _ in map(means, (2, 8, 32, 128))]
    assert ratios == pytest.approx([0.38, 0.81, 1.11, 1.27], abs=0.06)


def test_with_one_point_a_batch_the_ratio_is_the_root_of_two():
    pairs = np.mean(list(distances(normal_ground(64, 0), 1, 400, 0)), axis=0)
    assert pairs[0] / pairs[1] == pytest.approx(np.sqrt(2), rel=0.02)


def test_centres_are_closer_than_the_mean_where_there_are_heaps(draw):
    heaps = np.array([[0, 0], [10, 0], [0, 10]])
    found = centres(heaps[draw.integers(3, size=300)] + 0.1 * draw.normal(size=(300, 2)), 3, seed=0)
    assert wasserstein_1(np.array(sorted(found.tolist())), np.array(sorted(heaps.tolist()), float)) < 0.1


def test_centres_are_means_of_what_is_nearest_to_them(draw):
    points = draw.normal(size=(400, 3))
    found = centres(points, 5, seed=0)
    nearest = np.linalg.norm(points[:, None] - found, axis=2).argmin(1)
    np.testing.assert_allclose([points[nearest == place].mean(0) for place in range(5)], found, atol=0.05)


def test_all_principal_axes_keep_every_distance(draw):
    train, kept = draw.normal(size=(50, 4)) @ draw.normal(size=(4, 4)), draw.normal(size=(8, 4))
    ground = principal_ground(train, kept, 4)
    first, second = ground.pair(4, np.random.default_rng(1))
    order = np.random.default_rng(1).permutation(8)
    expected = wasserstein_1(kept[order[:4]], kept[order[4:]])
    assert wasserstein_1(first, second) == pytest.approx(expected)
    assert np.abs(ground.known.mean(0)).max() < 1e-9


def test_the_first_principal_axis_has_the_largest_variance(draw):
    points = draw.normal(size=(500, 3)) * [1, 5, 2]
    np.testing.assert_allclose(np.abs(principal_axes(points)), np.eye(3)[[1, 2, 0]], atol=0.15)


def test_a_comparison_is_the_same_again():
    one, other = (list(distances(normal_ground(4, 3), 8, 3, 3)) for _ in range(2))
    assert one == other
