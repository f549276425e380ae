import csv
import io
import json

import numpy as np
import pytest
from PIL import Image

from playground.tabs.sampling.reconstruct.cards import NAMES, SETS, STEPS, cards_html
from playground.tabs.sampling.reconstruct.frames import Missing, Reconstruction
from playground.tabs.sampling.reconstruct.images import BRIGHTEST, CELL, GAP, error_map, sheet_png
from playground.tabs.sampling.reconstruct.request import MODELS
from playground.tabs.sampling.reconstruct.verdicts import among, verdict
from playground.tabs.sampling.reconstruct.view import Rebuilt, fold


@pytest.fixture
def view(view_of):
    return view_of(example="pixel-art", number=2)


def reconstruction(**changes):
    blank = {"picture": np.zeros((4, 4, 3), np.uint8), "errors": np.zeros((4, 4), np.float32)}
    figures = {"squared_error": 0.01, "error_below": 0.5, "bits": 3.0, "bits_below": 0.5, "held_out": 1000}
    known = blank | figures | {"set": "avatars32", "model": "zoo/nvae-avatars32"}
    return Reconstruction(1.0, **(known | changes))


def said(**changes):
    return list(verdict(reconstruction(**changes), "en"))


def test_no_error_is_nearly_black_and_the_largest_is_brightest_and_brightness_rises():
    colours = error_map(np.linspace(0, 1, 21)[None]).astype(int)
    brightness = colours[0].sum(1)
    assert (np.diff(brightness) >= 0).all()
    assert brightness[0] < 80
    assert (colours[0, int(20 * BRIGHTEST) :] == colours[0, -1]).all()
    assert (np.diff(brightness[: int(20 * BRIGHTEST)]) > 0).all()


def test_a_card_for_the_picture_and_one_for_each_set(view):
    html = cards_html(view, "en")
    assert html.count("card-title") == 1 + len(SETS)
    assert html.count("<figure>") == 3 + len(view.made)
    assert html.count("zoo/aebn-fashion28 is unknown.") == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_drawn_before_the_picture(language):
    assert cards_html(None, language) == ""
    assert cards_html(Rebuilt(), language) == ""


def test_what_was_done_to_the_picture_is_said(view_of):
    html = cards_html(view_of(example="avatar"), "en")
    assert "made smaller, made grey, inverted, as the background was light" in html
    assert "as it is" in html


def test_a_reason_is_text_not_markup():
    view = fold(None, Missing(1.0, "avatars32", "zoo/nvae-avatars32", "{why}", {"why": "<script>"}))
    view.original, view.prepared = reconstruction_of_nothing()
    assert "<script>" not in cards_html(view, "en")


def reconstruction_of_nothing():
    """A picture, and how one set sees it."""
    from playground.tabs.sampling.reconstruct.frames import Original, Prepared

    picture = np.zeros((4, 4, 3), np.uint8)
    return Original(0.0, picture, 4, 4), {"avatars32": Prepared(0.0, "avatars32", picture, tuple(STEPS))}


def test_every_model_has_a_name():
    assert {model.split("-")[0] for models in MODELS.values() for model in models} == set(NAMES)
    assert set(MODELS) == set(SETS)


@pytest.mark.parametrize(
    ("changes", "beginning", "sentences"),
    [
        ({}, "3.00 bits per dimension: more surprising than 50 % of 1,000 held-out pictures.", 1),
        ({"bits_below": 1.0, "error_below": 1.0}, "3.00 bits per dimension: more surprising than every one", 1),
        ({"bits_below": 0.995, "error_below": 1.0}, "3.00 bits per dimension: more surprising than 99 %", 1),
        ({"bits_below": 0.0}, "3.00 bits per dimension: less surprising than 100 %", 1),
        ({"bits_below": 0.0, "error_below": 0.999}, "3.00 bits per dimension: less surprising than 100 %", 2),
        ({"bits_below": 1.0, "error_below": 0.4}, "3.00 bits per dimension: more surprising than every one", 2),
    ],
)
def test_the_verdict_says_how_surprising_and_where_the_error_disagrees(changes, beginning, sentences):
    found = said(**changes)
    assert found[0].startswith(beginning)
    assert len(found) == sentences


def test_a_picture_that_comes_back_worst_is_told_from_one_that_comes_back_badly():
    assert "worse than 99 % of them" in said(error_below=0.995)[1]
    assert "worse than every one of them" in said(error_below=1.0)[1]


@pytest.mark.parametrize("changes", [{"bits": None}, {"bits_below": None}, {"error_below": None}])
def test_without_reference_figures_there_is_no_verdict(changes):
    assert said(**changes) == []


@pytest.mark.parametrize(
    ("below", "words"),
    [
        (None, ""),
        (0.0, " (0\u00a0%\u00a0below)"),
        (0.999, " (99\u00a0%\u00a0below)"),
        (1.0, " (100\u00a0%\u00a0below)"),
    ],
)
def test_a_share_is_never_rounded_up(below, words):
    assert among(below, "en") == words


def test_json_and_csv_hold_the_numbers_of_every_model(view):
    answer = json.loads(view.to_json())
    rows = list(csv.DictReader(io.StringIO(view.to_csv().decode())))
    assert [row["model"] for row in rows] == [row["model"] for row in answer["rows"]] == [m.model for m in view.made]
    assert float(rows[0]["squared_error"]) == view.made[0].squared_error
    assert answer["missing"][0] == "zoo/aebn-pixelart16"
    assert np.array(answer["seen"]["fashion28"]["picture"]).shape == (28, 28, 1)


def test_the_sheet_has_a_row_of_pictures_and_one_of_errors_for_every_set(view):
    sheet = np.asarray(Image.open(io.BytesIO(sheet_png(view))))
    assert sheet.shape == (6 * (CELL + GAP) - GAP, 4 * (CELL + GAP) - GAP, 3)
    seen = view.prepared["avatars32"].picture
    assert (sheet[:CELL:4, :CELL:4] == seen).all()
    assert sheet_png(Rebuilt())
