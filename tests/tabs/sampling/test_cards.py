import json
import re
from html import unescape

import pytest

from playground.tabs.sampling.bar import MODES, bar_html
from playground.tabs.sampling.cards import cards_html
from playground.tabs.sampling.group_tiles import groups_html, heat
from playground.tabs.sampling.request import SamplingRequest
from playground.tabs.sampling.view import View


def asked(html):
    return [json.loads(unescape(data)) for data in re.findall(r'data-act="([^"]*)"', html)]


def slides(html):
    return [json.loads(unescape(data)) for data in re.findall(r'data-slide="([^"]*)"', html)]


def drawn(draw, view_of, language="en", **fields):
    return draw(view_of(**fields), SamplingRequest(**fields), language)


def test_every_picture_of_a_grid_can_become_the_subject(view_of):
    html = drawn(cards_html, view_of, pictures=3, seed=4)
    assert asked(html) == [{"act": "choose", "picture": f"4:{place}"} for place in range(3)]


def test_the_subject_is_marked_where_it_stands(view_of):
    html = drawn(cards_html, view_of, pictures=3, subject="0:1")
    assert re.findall(r'aria-pressed="(\w+)"', html) == ["false", "true", "false"]


def test_a_subject_of_elsewhere_is_marked_nowhere(view_of):
    assert 'aria-pressed="true"' not in drawn(cards_html, view_of, pictures=3, subject="7:1")


def test_a_kept_picture_is_chosen_with_the_groups_that_it_has(view_of):
    html = drawn(cards_html, view_of, mode="keep", keep=1, pictures=2, subject="5:1")
    assert asked(html)[1] == {"act": "choose", "picture": "5:1x1.r0:1"}


def test_pictures_of_a_walk_are_no_buttons(view_of):
    html = drawn(cards_html, view_of, mode="walk", pictures=5)
    assert asked(html) == []
    assert re.findall("<figcaption>(.*?)</figcaption>", html) == ["0 %", "25 %", "50 %", "75 %", "100 %"]


def test_a_swept_picture_sets_its_amount(view_of):
    html = drawn(cards_html, view_of, mode="attributes", moves=("red hair:1",))
    assert {"act": "move", "name": "red hair", "value": -1.5} in asked(html)
    assert "−1.5" in html


def test_variants_stand_beside_each_other_with_what_sets_them_apart(view_of):
    html = drawn(cards_html, view_of, beside="BatchNorm", pictures=2)
    assert re.findall("<h3>(.*?)</h3>", html) == ["BatchNorm as trained", "BatchNorm re-adjusted"]


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_is_drawn_in_chinese_without_english(view_of, mode):
    fields = {"mode": mode, "pictures": 2}
    html = "".join(drawn(draw, view_of, "zh", **fields) for draw in (bar_html, cards_html, groups_html))
    words = re.sub("<[^>]*>", " ", html)
    assert not re.search("picture|group|Keep|anew|channel", words)


def test_nothing_is_drawn_before_anything_is_there():
    assert "<article" not in cards_html(View(), SamplingRequest(), "en")
    assert groups_html(View(), SamplingRequest(), "en") == ""
    assert "<img" not in bar_html(View(), SamplingRequest(), "en")


def test_the_pressed_mode_is_the_requests(view_of):
    html = drawn(bar_html, view_of, mode="walk", pictures=2)
    assert re.findall(r'aria-pressed="(\w+)"', html)[: len(MODES)] == [
        "true" if mode == "walk" else "false" for mode in MODES
    ]


@pytest.mark.parametrize(("mode", "field"), [("keep", "keep"), ("resample", "group")])
def test_a_mode_has_the_slider_of_its_groups(view_of, mode, field):
    html = drawn(bar_html, view_of, mode=mode, pictures=1)
    assert [slide["field"] for slide in slides(html)] == ["temperature", field]
    assert 'max="3"' in html


def test_every_attribute_has_a_slider_at_its_amount(view_of):
    html = drawn(bar_html, view_of, mode="attributes", moves=("red hair:1.5",))
    assert [slide.get("name") for slide in slides(html)] == [None, "glasses", "red hair"]
    assert "<output>1.5</output>" in html


def test_a_model_without_attributes_says_so(view_of):
    html = drawn(bar_html, view_of, model="zoo/nvae-fashion28", mode="attributes")
    assert "no attribute directions" in html


def test_the_words_count_no_more_groups_than_there_are(view_of):
    for mode, said in (("keep", "first 3 groups"), ("resample", "Group 3 of A")):
        assert said in drawn(cards_html, view_of, mode=mode, keep=20, group=20, pictures=1)


def test_more_groups_than_there_are_stop_at_the_last_one(view_of):
    html = drawn(bar_html, view_of, mode="resample", group=20, pictures=1)
    assert "<output>3</output>" in html


@pytest.mark.parametrize(
    ("fields", "owners"),
    [
        ({"mode": "keep", "keep": 2}, ["A", "A"]),
        ({"mode": "resample", "group": 2}, ["↻"]),
        ({"mode": "resample", "group": 20}, ["↻"]),
        ({"mode": "mix", "from_second": (0, 2)}, ["B", "B"]),
        ({"mode": "sample"}, []),
    ],
)
def test_groups_that_the_mode_singles_out_bear_a_mark(view_of, fields, owners):
    html = drawn(groups_html, view_of, pictures=1, **fields)
    assert re.findall('class="owner">(.*?)<', html) == owners


def test_the_tiles_are_buttons_where_groups_are_chosen(view_of):
    assert asked(drawn(groups_html, view_of, pictures=1)) == []
    chosen = asked(drawn(groups_html, view_of, mode="mix", pictures=1))
    assert chosen == [{"act": "group", "group": group} for group in range(3)]


def test_the_tiles_stand_before_their_figures_are_there(view_of):
    html = groups_html(view_of(until=1), SamplingRequest(mode="mix"), "en")
    assert len(asked(html)) == 3
    assert html.count("<b>…</b>") == 3


def test_the_group_that_tells_most_has_the_longest_bar_and_the_fullest_square(view_of):
    view = view_of(pictures=1)
    shares = re.findall(r"--share: ([\d.]+)", groups_html(view, SamplingRequest(), "en"))
    assert max(map(float, shares)) == 1
    assert max(heat(view.groups, group)[..., 3].max() for group in range(3)) == 255
