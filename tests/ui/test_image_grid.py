import base64
import io
import json
import re
from html import unescape

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from playground.ui.image_grid import data_uri, grid_html, png, sheet, strip_html


def pictures(count=3, side=4, channels=3):
    return np.random.default_rng(0).integers(0, 256, (count, side, side, channels), np.uint8)


def sources(html):
    return [unescape(found) for found in re.findall(r'src="([^"]*)"', html)]


def opened(file):
    return np.asarray(Image.open(io.BytesIO(file)))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_png_gives_the_same_pixels_back(channels):
    picture = pictures(1, 5, channels)[0]
    assert np.array_equal(opened(png(picture)).reshape(picture.shape), picture)


def test_a_data_uri_holds_the_png():
    picture = pictures(1)[0]
    kind, _, data = data_uri(picture).partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(data) == png(picture)


def test_every_picture_stands_in_the_grid_in_order():
    given = pictures(3)
    assert sources(grid_html(given, columns=2)) == [data_uri(picture) for picture in given]


def test_the_grid_says_how_many_columns_it_may_have():
    assert "--columns: 8" in grid_html(pictures(1), columns=8)


def test_captions_are_escaped():
    html = grid_html(pictures(1), columns=1, captions=["<b>&"])
    assert "<figcaption>&lt;b&gt;&amp;</figcaption>" in html


def test_alt_texts_are_escaped():
    assert 'alt="&quot;0&quot;"' in grid_html(pictures(1), columns=1, label=lambda place: f'"{place}"')


def test_without_an_act_nothing_is_a_button():
    assert "<button" not in grid_html(pictures(2), columns=2, selected=1)


def test_every_button_asks_for_its_picture():
    html = grid_html(pictures(2), columns=2, act=lambda place: {"act": "choose", "place": place})
    asked = [json.loads(unescape(data)) for data in re.findall(r'data-act="([^"]*)"', html)]
    assert asked == [{"act": "choose", "place": 0}, {"act": "choose", "place": 1}]


def test_the_selected_picture_is_pressed_and_marked():
    html = grid_html(pictures(3), columns=3, act=lambda place: {}, selected=1)
    assert re.findall(r'aria-pressed="(\w+)"', html) == ["false", "true", "false"]
    assert html.count('<figure class="selected">') == 1


def test_pixels_stay_squares_unless_it_is_turned_off():
    assert "pixelated" in grid_html(pictures(1), columns=1)
    assert "pixelated" not in grid_html(pictures(1), columns=1, pixelated=False)


def test_a_strip_holds_all_pictures_and_can_be_scrolled_with_the_keyboard():
    html = strip_html(pictures(4))
    assert len(sources(html)) == 4
    assert 'tabindex="0"' in html


def test_captions_must_be_as_many_as_the_pictures():
    with pytest.raises(ValueError, match="zip"):
        grid_html(pictures(2), columns=2, captions=["one"])


@settings(max_examples=20, deadline=None)
@given(count=st.integers(1, 9), columns=st.integers(1, 5), gap=st.integers(0, 2))
def test_a_sheet_shows_every_picture_at_its_place(count, columns, gap):
    given = pictures(count)
    page = sheet(given, columns, gap)
    for place, picture in enumerate(given):
        top, left = place // columns * (4 + gap), place % columns * (4 + gap)
        assert np.array_equal(page[top : top + 4, left : left + 4], picture)


def test_a_sheet_is_white_where_it_has_no_picture():
    assert (sheet(pictures(3), 2)[5:, 5:] == 255).all()
