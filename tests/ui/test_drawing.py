"""Drawings: the control's value is the field's points, and whatever the browser sends is checked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime.errors import InvalidRequest
from playground.runtime.links import decode, encode
from playground.tabs.collapse.request import MOST_POINTS, CollapseRequest
from playground.ui.controls import controls_for, from_values, to_values
from playground.ui.drawing import Drawing
from tests.given_tab import CORNERS, GivenRequest

COORDINATES = st.integers(-100, 100)
POINTS = st.lists(st.tuples(COORDINATES, COORDINATES), max_size=4).map(tuple)


def drawing() -> Drawing:
    control = controls_for(GivenRequest)["points"]
    assert isinstance(control, Drawing)
    return control


@given(POINTS)
@settings(max_examples=25)
def test_points_come_back_as_they_were_shown(points: Any) -> None:
    asked = GivenRequest(points=points)
    shown = drawing().postprocess(to_values(asked)[1])
    assert from_values(GivenRequest, [None, drawing().preprocess(shown), 0]) == asked


@given(POINTS)
@settings(max_examples=25)
def test_points_travel_in_the_link(points: Any) -> None:
    assert decode(encode(GivenRequest(points=points)), {"given": GivenRequest}).request == GivenRequest(points=points)


def test_as_many_points_as_can_be_drawn_fit_a_link() -> None:
    asked = CollapseRequest(data="rings", points=((-100, -100),) * MOST_POINTS)
    assert len(encode(asked)) < 6_000


def test_the_control_says_how_many_points_fit_in_both_languages() -> None:
    words = drawing().props["words"]
    assert (drawing().props["most"], words["en"]["count"], words["zh"]["count"]) == (4, "{n} of 4", "{n} / 4")


def test_a_drawing_starts_with_the_fields_default() -> None:
    assert drawing().value == []
    assert drawing().postprocess(CORNERS) == [[-50, 50], [50, 50], [0, -50]]
    assert drawing().postprocess(None) == []


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        7,
        {"x": 1},
        [[0]],
        [[0, 101]],
        [[0, 0.5]],
        [[0, float("nan")]],
        [["a", "b"]],
        [[0, 0, 0]],
        [None],
        [[0, 0]] * 5,
    ],
)
def test_points_that_cannot_be_drawn_are_refused_with_a_sentence(value: Any) -> None:
    with pytest.raises(InvalidRequest, match="Your points"):
        from_values(GivenRequest, [None, drawing().preprocess(value), 0])
