import io

import numpy as np
import pytest
from PIL import Image

from playground.tabs.collapse.animation import (
    CAPTION,
    MOST_PICTURES,
    PAPER,
    SIZE,
    cloud_pixels,
    gif,
    projected,
    thinned,
)
from playground.tabs.collapse.request import CollapseRequest, Variant
from playground.tabs.collapse.view import View, fold
from tests.tabs.collapse.views import frame, start, view_of

REQUEST = CollapseRequest(dimension=3, beside=(Variant(dimension=3, stop_gradient=False),))


def test_the_animation_has_a_picture_for_each_recorded_one_with_all_variants_side_by_side():
    image = Image.open(io.BytesIO(gif(view_of([0, 1, 2, 10]), REQUEST)))
    assert (image.format, image.n_frames) == ("GIF", 4)
    assert image.size == (2 * SIZE, SIZE + CAPTION)


def test_a_long_run_is_thinned_and_keeps_its_ends():
    frames = [frame(step, 1) for step in range(440)]
    kept = thinned(frames)
    assert len(kept) == MOST_PICTURES
    assert (kept[0], kept[-1]) == (frames[0], frames[-1])


def test_the_longest_run_of_four_variants_is_a_small_file():
    points = np.random.default_rng(0).normal(size=(100, 4, 512, 3))
    points /= np.linalg.norm(points, axis=3, keepdims=True)
    view = fold(None, start([3] * 4, labels=np.arange(512) % 10))
    for step, each in enumerate(points):
        fold(view, frame(step, 4, points=each.astype(np.float16)))
    request = REQUEST.with_(beside=tuple(Variant(layers=layers) for layers in (1, 2, 3)), every=1)
    assert 10_000 < len(gif(view, request)) < 3_000_000


def test_nothing_recorded_is_an_empty_file():
    assert gif(View(), REQUEST) == b""


def test_the_camera_only_turns():
    points = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    assert projected(points) @ projected(points).T == pytest.approx(points @ points.T, abs=1e-5)


def test_the_nearest_of_two_points_is_on_top():
    towards = projected(np.eye(3, dtype=np.float32)).T[2]  # the direction of the eye
    points = np.stack([towards, -towards]).astype(np.float32)
    middle = cloud_pixels(points, np.array([4, 7]), flat=False)[SIZE // 2, SIZE // 2]
    assert middle == cloud_pixels(points[::-1], np.array([7, 4]), flat=False)[SIZE // 2, SIZE // 2]
    assert middle == cloud_pixels(points[:1], np.array([4]), flat=False)[SIZE // 2, SIZE // 2] != PAPER


def test_a_circle_is_seen_from_above():
    pixels = cloud_pixels(np.float32([[0, 1, 0]]), np.array([3]), flat=True)
    assert pixels[round(SIZE / 2 - 0.45 * SIZE), SIZE // 2] == 3 + 3


def test_outputs_that_are_not_numbers_stand_in_the_middle():
    pixels = cloud_pixels(np.full((1, 3), np.nan, np.float32), np.array([0]), flat=True)
    assert pixels[SIZE // 2, SIZE // 2] == 3
