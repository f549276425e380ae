import base64
import csv
import io
import json

import numpy as np
from PIL import Image, ImageSequence

from playground.tabs.sampling.animation import SIZE, gif, still
from playground.tabs.sampling.thumbnail import thumbnail
from playground.tabs.sampling.view import View


def opened(data):
    return Image.open(io.BytesIO(data))


def test_batches_are_put_together(view_of):
    assert len(view_of(pictures=20).images(0, 0)) == 20


def test_a_run_that_starts_again_starts_empty(frames_of):
    frames = [frame for frame in frames_of(pictures=2) if type(frame).__name__ != "Frame"]
    view = View()
    for frame in [*frames, *frames[:2]]:
        view.fold(frame)
    assert len(view.images(0, 0)) == 2
    assert view.groups is None


def test_the_answer_holds_every_picture_as_a_png(view_of):
    view = view_of(pictures=3, beside="BatchNorm")
    answer = json.loads(view.to_json())
    assert len(answer["pictures"]) == 6
    last = answer["pictures"][-1]
    assert last["variant"] == "temperature 0.7, BatchNorm re-adjusted, likeliest pixels"
    pixels = np.asarray(opened(base64.b64decode(last["png"].partition(",")[2])))
    assert np.array_equal(pixels, view.images(1, 0)[2])


def test_a_line_of_the_table_is_a_group(view_of):
    view = view_of(pictures=1)
    rows = list(csv.DictReader(io.StringIO(view.to_csv().decode())))
    assert [row["side"] for row in rows] == ["8", "8", "16"]
    assert np.allclose([float(row["kl"]) for row in rows], view.groups.kl, atol=1e-4)


def test_an_unfinished_run_can_be_taken_away(view_of):
    view = view_of(until=2, pictures=20)
    assert json.loads(view.to_json())["groups"][0]["kl"] is None
    assert opened(gif(view)).n_frames == 30


def test_nothing_can_be_taken_away_before_anything_is_there(view_of):
    for view in (View(), view_of(until=1)):
        assert gif(view) == still(view) == b""
    assert View().to_dict() == {"pictures": [], "groups": []}


def test_a_walk_goes_there_and_back(view_of):
    view = view_of(mode="walk", pictures=4)
    frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(opened(gif(view)))]
    assert len(frames) == 6
    assert np.array_equal(frames[1], frames[5])
    assert np.array_equal(frames[2], frames[4])
    assert frames[0].shape[0] >= SIZE


def test_a_walk_of_one_picture_stands_still(view_of):
    assert opened(gif(view_of(mode="walk", pictures=1))).n_frames == 1


def test_variants_stand_side_by_side_in_the_animation(view_of):
    wide, narrow = (opened(gif(view_of(pictures=2, beside=beside))).width for beside in ("pixels", "nothing"))
    assert wide == 3 * narrow


def test_the_sheet_shows_the_longest_section_in_whole_pixels(view_of):
    view = view_of(mode="mix")
    page = np.asarray(opened(still(view)))
    assert np.array_equal(page[:SIZE:8, :SIZE:8], view.images(0, 1)[0])


def test_grey_pictures_can_be_taken_away_too(view_of):
    view = view_of(model="zoo/nvae-fashion28", pictures=2)
    assert opened(still(view)).mode == "RGB"
    assert opened(gif(view)).n_frames == 2


def test_the_thumbnail_shows_the_first_pictures(view_of):
    assert thumbnail(view_of(pictures=16)).count("<image") == 12
    assert thumbnail(View()).count("<image") == 0
