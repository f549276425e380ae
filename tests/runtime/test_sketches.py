"""Sketches: a text of runs is a picture, whatever it leaves out."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime.sketches import LETTERS, LONGEST, PALETTE, PATTERN, SIDE, pixels, written

WHITE, BLACK = [255, 255, 255], [0, 0, 0]


@st.composite
def colours(draw: st.DrawFn) -> np.ndarray:
    """A picture of the palette's places: patches of plain colour, or all its pixels at random."""
    seed, patch = draw(st.integers(0, 9999)), draw(st.sampled_from([1, 4, 32]))
    places = np.random.default_rng(seed).integers(0, len(PALETTE), (SIDE // patch, SIDE // patch))
    return places.repeat(patch, 0).repeat(patch, 1)


@given(colours())
@settings(max_examples=30)
def test_a_written_picture_is_read_again(places):
    text = written(places)
    assert re.fullmatch(PATTERN, text)
    assert len(text) <= LONGEST
    palette = np.array([list(bytes.fromhex(value[1:])) for value in PALETTE.values()])
    assert (pixels(text) == palette[places]).all()


@given(st.from_regex(PATTERN, fullmatch=True))
@settings(max_examples=40)
def test_every_text_of_the_pattern_is_a_picture(text):
    assert pixels(text).shape == (SIDE, SIDE, 3)


@pytest.mark.parametrize("text", ["", "b", "b0", "a9999", "ab" * 2000])
def test_what_is_left_out_is_paper_and_what_is_too_much_is_cut_off(text):
    picture = pixels(text)
    assert picture.shape == (SIDE, SIDE, 3)
    assert picture[-1, -2].tolist() == WHITE
    assert (picture[0, 0].tolist() == BLACK) == (text == "b")


def test_there_is_a_letter_for_every_colour():
    assert len(LETTERS) == len(PALETTE) == 16
    assert pixels("p1024").reshape(-1, 3).tolist() == [[0xEE, 0x8F, 0xB4]] * SIDE * SIDE
