import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.spatial.distance import pdist
from sklearn.neighbors import KNeighborsClassifier

from playground.tabs.collapse.diagnosis import (
    alignment,
    components,
    diagnose,
    knn_accuracy,
    normalised,
    output_std,
    participation_ratio,
    rank_me,
    spectrum,
    uniformity,
)
from playground.tabs.collapse.pairs import NEIGHBOURS

SHAPES = st.tuples(st.integers(2, 40), st.integers(2, 12))
SEEDS = st.integers(0, 2**32 - 1)
NUMBERS = st.floats(width=64) | st.sampled_from([0.0, 1e300, -1e300, 1e-300, math.inf, math.nan])


def random(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def rotation(seed, d):
    return np.linalg.qr(random(seed, d, d))[0]


def clusters(seed, n=80, d=16, classes=4):
    labels = np.random.default_rng(seed).integers(classes, size=n)
    return 0.5 * random(seed + 1, classes, d)[labels] + random(seed + 2, n, d), labels


def numbers(diagnosis):
    names = ("std", "rank", "participation", "knn", "alignment", "uniformity")
    return np.array([getattr(diagnosis, name) for name in names])


@given(SEEDS, SHAPES)
@settings(max_examples=20)
def test_rows_have_length_one_after_normalising_and_a_zero_row_stays(seed, shape):
    z = random(seed, *shape)
    z[0] = 0
    length = np.linalg.norm(normalised(z), axis=1)
    assert length == pytest.approx(np.array([0.0] + [1.0] * (len(z) - 1)))


def test_std_equals_its_definition():
    z = random(0, 50, 7)
    unit = z / np.linalg.norm(z, axis=1, keepdims=True)
    assert output_std(z) == pytest.approx(math.sqrt(7) * unit.std(axis=0).mean(), rel=1e-12)


def test_std_is_zero_for_equal_outputs_and_near_one_for_isotropic_ones():
    assert output_std(np.tile(random(0, 1, 8), (30, 1)) * np.arange(1, 31)[:, None]) == 0
    assert output_std(random(1, 4000, 8)) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("d", [2, 5, 64])
def test_rank_me_of_an_orthonormal_matrix_is_its_dimension(d):
    assert rank_me(rotation(0, d)) == pytest.approx(d, rel=1e-3)


@pytest.mark.parametrize("shape", [(30, 8), (8, 30)])
def test_rank_me_of_one_direction_is_one(shape):
    z = np.outer(random(0, shape[0]), random(1, shape[1])).astype(np.float32)
    assert rank_me(z) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("shape", [(40, 9), (9, 40)])
def test_rank_me_equals_its_definition_by_singular_values(shape):
    z = random(0, *shape) * np.geomspace(1, 1e-3, shape[1])
    s = np.linalg.svd(z, compute_uv=False)
    p = s / s.sum() + 1e-7
    assert rank_me(z) == pytest.approx(math.exp(-(p * np.log(p)).sum()), rel=1e-6)


@pytest.mark.parametrize("shape", [(40, 9), (9, 40)])
def test_the_spectrum_and_the_participation_ratio_equal_numpys_covariance(shape):
    covariance = np.cov(normalised(random(0, *shape)), rowvar=False, bias=True)
    values = np.linalg.eigvalsh(covariance)[::-1]
    assert spectrum(random(0, *shape)) == pytest.approx(values, abs=1e-12)
    expected = np.trace(covariance) ** 2 / np.trace(covariance @ covariance)
    assert participation_ratio(random(0, *shape)) == pytest.approx(expected)


def test_a_long_spectrum_is_thinned_to_64_with_its_ends():
    values = np.linalg.eigvalsh(np.cov(normalised(random(0, 300, 100)), rowvar=False, bias=True))[::-1]
    thinned = spectrum(random(0, 300, 100))
    assert len(thinned) == 64
    assert thinned[[0, -1]] == pytest.approx(values[[0, -1]])
    assert (np.diff(thinned) <= 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_knn_is_scikit_learns_vote_of_all_others(seed):
    z, labels = clusters(seed)
    right = 0
    for row in range(len(z)):
        others = np.arange(len(z)) != row
        model = KNeighborsClassifier(NEIGHBOURS, metric="cosine").fit(z[others], labels[others])
        right += model.predict(z[row : row + 1])[0] == labels[row]
    assert knn_accuracy(z, labels) == pytest.approx(right / len(z))
    assert 0.25 < right / len(z) < 1


def test_knn_sees_neighbours_that_are_almost_equal():
    z, labels = clusters(0)
    flat = z - z.mean(axis=1, keepdims=True)  # orthogonal to the direction that they are laid around
    near = np.ones(16) + 1e-6 * flat  # a cosine in float32 would not tell them apart
    expected = KNeighborsClassifier(NEIGHBOURS + 1).fit(flat, labels).kneighbors(flat, return_distance=False)
    votes = [np.bincount(labels[row[1:]]).argmax() for row in expected]
    assert knn_accuracy(near, labels) == pytest.approx((votes == labels).mean())


def test_knn_of_equal_outputs_is_the_share_of_the_largest_class():
    assert knn_accuracy(np.ones((10, 3)), np.array([0] * 6 + [1] * 4)) == pytest.approx(0.6)


def test_knn_needs_two_classes_and_takes_any_numbers_for_them():
    z, labels = clusters(0)
    assert math.isnan(knn_accuracy(z, np.zeros(80, np.int64)))
    assert knn_accuracy(z, labels) == knn_accuracy(z, 1000 * labels - 7)


def test_alignment_equals_its_definition():
    a, b = random(0, 20, 5), random(1, 20, 5)
    expected = np.linalg.norm(normalised(a) - normalised(b), axis=1) ** 2
    assert alignment(a, b) == pytest.approx(expected.mean())
    assert alignment(a, 3 * a) == pytest.approx(0, abs=1e-20)


@pytest.mark.parametrize("n", [2, 63, 150])
def test_uniformity_equals_its_definition_over_pairs(n):
    z = random(0, n, 5)
    expected = math.log(np.exp(-2 * pdist(normalised(z)) ** 2).mean())
    assert uniformity(z) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("shape", [(40, 9), (9, 40)])
def test_components_are_the_singular_vectors_of_the_centred_outputs(shape):
    unit = normalised(random(0, *shape))
    u, s, _ = np.linalg.svd(unit - unit.mean(axis=0), full_matrices=False)
    assert np.abs(components(random(0, *shape))) == pytest.approx(np.abs(u[:, :3] * s[:3]), abs=1e-9)


@pytest.mark.parametrize("d", [2, 3])
def test_up_to_three_dimensions_the_points_are_the_outputs_themselves(d):
    z = random(0, 10, d)
    assert components(z)[:, :d] == pytest.approx(normalised(z))
    assert not components(z)[:, d:].any()


@given(SEEDS)
@settings(max_examples=10)
def test_components_do_not_flip_when_outputs_change_a_little_or_turn(seed):
    z = random(seed, 60, 6) * [5, 3, 2, 0.3, 0.2, 0.1]
    shown = components(z)
    away = np.abs(np.cos(np.arange(60)) @ shown) > 1e-3 * np.linalg.norm(shown, axis=0)
    assert components(z + 1e-9 * random(seed + 1, 60, 6))[:, away] == pytest.approx(shown[:, away], abs=1e-3)
    assert components(z @ rotation(seed, 6))[:, away] == pytest.approx(shown[:, away], abs=1e-6)


@given(SEEDS, SHAPES, st.floats(-200, 200))
@settings(max_examples=20)
def test_no_measure_depends_on_the_scale(seed, shape, exponent):
    z, labels = random(seed, *shape), np.arange(shape[0]) % 2
    views = z, random(seed + 1, *shape)
    scaled = diagnose(z * 10.0**exponent, labels, tuple(view * 10.0**exponent for view in views))
    assert numbers(scaled) == pytest.approx(numbers(diagnose(z, labels, views)), rel=1e-4, abs=1e-4)


@given(SEEDS, SHAPES)
@settings(max_examples=20)
def test_rotations_change_neither_rank_nor_spectrum_nor_uniformity(seed, shape):
    z = random(seed, *shape)
    turned = z @ rotation(seed, shape[1])
    for measure in (rank_me, participation_ratio, uniformity, spectrum):
        assert measure(turned) == pytest.approx(measure(z), rel=1e-4, abs=1e-6)


@given(SEEDS, SHAPES)
@settings(max_examples=20)
def test_all_at_once_is_each_by_itself(seed, shape):
    z, labels = random(seed, *shape).astype(np.float32), np.arange(shape[0]) % 3
    seen = diagnose(z, labels, (z[:1], z[1:2]))
    alone = (output_std(z), rank_me(z), participation_ratio(z), knn_accuracy(z, labels), alignment(z[:1], z[1:2]))
    assert numbers(seen) == pytest.approx(np.array([*alone, uniformity(z)]), rel=1e-9)
    assert seen.spectrum == pytest.approx(spectrum(z))
    assert seen.points == pytest.approx(components(z))


@given(arrays.arrays(np.float64, st.tuples(st.integers(0, 6), st.integers(1, 5)), elements=NUMBERS))
@settings(max_examples=60)
def test_whatever_comes_is_measured_without_a_warning(z):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        seen = diagnose(z, np.arange(len(z)), (z, z[::-1]))
    assert not np.isinf(numbers(seen)).any()
    assert seen.points.shape == (len(z), 3)
    if len(z) and np.isfinite(z).all():
        assert 0 <= seen.std <= math.sqrt(z.shape[1])


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_outputs_that_are_not_finite_measure_nan(bad):
    z = random(0, 20, 4)
    z[3, 1] = bad
    assert np.isnan(numbers(diagnose(z, np.arange(20) % 2, (z, z)))).all()


def test_equal_outputs_have_no_participation_and_no_spread():
    seen = diagnose(np.full((20, 70), 0.1), np.arange(20) % 2)
    assert (seen.std, seen.uniformity) == (0, 0)
    assert math.isnan(seen.participation)
    assert seen.rank == pytest.approx(1, abs=1e-3)
    assert not seen.points.any()
