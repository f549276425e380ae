import numpy as np
import pytest

from playground.tabs.collapse.dynamics.engine import FRAMES, MOMENTS, setting_of, start_of
from playground.tabs.collapse.dynamics.frames import Plane, Point, Spectrum
from playground.tabs.collapse.dynamics.request import DynamicsRequest
from playground.tabs.collapse.dynamics.spectrum_figures import learnt
from playground.tabs.collapse.dynamics.tab import PRESETS


def eigenvalues(frames_of, **fields):
    return frames_of(exhibit="eigenvalues", **fields)


def same(one, other):
    return all(np.array_equal(value, vars(other)[name], equal_nan=True) for name, value in vars(one).items())


def test_two_numbers_begin_with_the_plane_and_end_at_their_exact_ends(frames_of):
    plane, *points = frames_of()
    assert isinstance(plane, Plane)
    assert len(points) == MOMENTS + 1
    np.testing.assert_allclose(points[-1].points, plane.ends, atol=1e-4)
    np.testing.assert_allclose(plane.ends, [[1, np.sqrt(0.65)], [1 - np.sqrt(0.15), 0]])
    assert max(point.drift.max() for point in points) < 1e-6


def test_the_plane_shows_the_whole_way(frames_of):
    plane, *points = frames_of(phi=-1.5, theta=-2, phi_rate=0.3)
    left, right, low, high = plane.window
    way = np.concatenate([point.points for point in points])
    assert left < way[:, 0].min() <= way[:, 0].max() < right
    assert low < way[:, 1].min() <= way[:, 1].max() < high


@pytest.mark.parametrize("variant", [0, 1])
def test_every_arrow_leads_along_its_level_and_down_the_loss(frames_of, variant):
    plane = frames_of(until=1, phi_rate=2, theta_rate=0.5)[0]
    phi, theta = plane.arrows_from.T
    along_phi, along_theta = (plane.arrows_to[variant] - plane.arrows_from).T
    np.testing.assert_allclose(theta * along_theta, 0.25 * (phi - variant) * along_phi, atol=1e-9)
    assert (theta**2 * (phi - 1) * along_phi <= 0).all()
    assert np.hypot(along_phi, along_theta).max() > 0.05


@pytest.mark.parametrize("fields", [{}, {"exhibit": "eigenvalues", "dimension": 4}])
def test_the_same_request_gives_the_same_frames(frames_of, fields):
    assert all(same(one, other) for one, other in zip(frames_of(**fields), frames_of(**fields), strict=True))


def test_a_longer_time_is_another_run_to_the_same_end(frames_of):
    short, long = (eigenvalues(frames_of, dimension=3, time=time)[-1] for time in (150, 200))
    np.testing.assert_allclose(short.p, long.p, atol=1e-4)


@pytest.mark.parametrize("exhibit", ["numbers", "eigenvalues"])
def test_a_cancelled_run_ends_at_once(frames_of, exhibit):
    assert len(frames_of(until=3, exhibit=exhibit)) == 3


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_preset_gives_finite_frames_to_the_end(frames_of, preset):
    frames = frames_of(**preset.request.model_dump())
    assert frames[-1].done == 1
    assert all(type(frame) in FRAMES for frame in frames)
    last = vars(frames[-1])
    assert all(np.isfinite(value).all() for name, value in last.items() if name != "angles")


def test_the_eigenspaces_align(frames_of):
    first, *_, last = eigenvalues(frames_of)
    assert isinstance(last, Spectrum)
    assert np.nanmax(first.angles) > 20
    assert np.nanmax(last.angles) < 0.01
    assert last.commutator < 1e-6 < first.commutator


def test_modes_end_at_the_collapsed_or_the_useful_point(frames_of):
    last = eigenvalues(frames_of, time=200)[-1]
    collapse, _, useful = last.fixed_p
    kept = np.array(learnt(last))
    assert 0 < kept.sum() < len(kept)
    np.testing.assert_allclose(last.p[kept], useful, atol=1e-3)
    np.testing.assert_allclose(last.p[~kept], collapse, atol=1e-3)


@pytest.mark.parametrize(("decay", "some"), [(0.2, True), (0.215, False)])
def test_weight_decay_beyond_the_bound_collapses_every_mode(frames_of, decay, some):
    last = eigenvalues(frames_of, weight_decay=decay, time=200)[-1]
    assert last.largest_weight_decay == pytest.approx(1 / 4.8)
    assert (last.s.max() > 0.1) == some
    assert any(learnt(last)) == some


@pytest.mark.parametrize("fields", [{"stop_gradient": False}, {"predictor": "none"}], ids=str)
def test_without_stop_gradient_or_predictor_the_encoder_is_lost(frames_of, fields):
    assert eigenvalues(frames_of, **fields)[-1].norm < 1e-3


def test_directpred_is_aligned_from_the_start_and_keeps_every_mode(frames_of):
    frames = frames_of(**PRESETS[-1].request.model_dump())
    assert max(np.nanmax(frame.angles) for frame in frames) < 1e-3
    assert all(learnt(frames[-1]))


def test_a_moving_average_lags_behind_and_catches_up(frames_of):
    frames = eigenvalues(frames_of, moving_average=True, time=200)
    assert max(abs(frame.tau - 1) for frame in frames) > 0.03
    assert frames[-1].tau == pytest.approx(1, abs=1e-3)


def test_the_target_needs_the_stop_gradient(frames_of):
    with_target, without = (
        eigenvalues(frames_of, dimension=2, stop_gradient=False, moving_average=moving)[-1] for moving in (True, False)
    )
    assert same(with_target, without)


def test_the_start_is_as_asked():
    start = start_of(DynamicsRequest(exhibit="eigenvalues", dimension=16, predictor_scale=0.5))
    np.testing.assert_allclose(start.predictor, start.predictor.T)
    values = np.linalg.eigvalsh(start.predictor)
    assert values.min() >= 0
    assert values.max() <= 1
    assert setting_of(DynamicsRequest()).target_rate is None
    loose = start_of(DynamicsRequest(symmetric=False))
    assert np.abs(loose.predictor - loose.predictor.T).max() > 0.01


def test_the_first_moment_is_the_start(frames_of):
    _, first, *_ = frames_of(phi=0.25, theta=-0.5)
    assert isinstance(first, Point)
    assert first.points.tolist() == [[0.25, -0.5], [0.25, -0.5]]
    assert (first.time, first.done) == (0, 0)
