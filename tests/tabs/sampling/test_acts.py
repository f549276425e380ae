import pytest
from pydantic import ValidationError

from playground.runtime.errors import InvalidRequest
from playground.tabs.sampling.acts import act
from playground.tabs.sampling.origins import Picture
from playground.tabs.sampling.request import SamplingRequest
from playground.ui.tab_view import Click


def after(click, **fields):
    request = SamplingRequest(**fields)
    return act(request, Click(click, lambda: request))


def moves(request):
    return [str(move) for move in request.moves]


@pytest.mark.parametrize(
    ("field", "value"), [("mode", "walk"), ("temperature", 0.4), ("keep", 5), ("group", 2), ("choosing", "B")]
)
def test_the_bar_sets_what_it_shows(field, value):
    assert getattr(after({"act": "set", "field": field, "value": value}), field) == value


def test_the_bar_sets_nothing_else():
    with pytest.raises(ValueError, match="no field"):
        after({"act": "set", "field": "model", "value": "zoo/other"})


def test_a_value_out_of_bounds_is_refused():
    with pytest.raises(ValidationError):
        after({"act": "set", "field": "temperature", "value": 99})


def test_a_clicked_picture_becomes_the_subject():
    assert after({"act": "choose", "picture": "0:3"}).subject == Picture.drawn(0, 3)


def test_a_clicked_picture_becomes_the_second_one_where_that_is_chosen():
    chosen = after({"act": "choose", "picture": "0:3"}, choosing="B")
    assert (chosen.second, chosen.subject) == (Picture.drawn(0, 3), Picture.drawn(0, 0))


def test_a_group_is_kept_with_all_above_it():
    assert after({"act": "group", "group": 4}, mode="keep", keep=2).keep == 5


def test_the_last_kept_group_is_let_go():
    assert after({"act": "group", "group": 4}, mode="keep", keep=5).keep == 4


def test_a_group_is_drawn_anew():
    assert after({"act": "group", "group": 4}, mode="resample").group == 5


def test_a_group_is_taken_from_the_other_picture_and_given_back():
    once = after({"act": "group", "group": 1}, mode="mix", from_second=(4,))
    assert once.from_second == (1, 4)
    assert after({"act": "group", "group": 1}, mode="mix", from_second=(1, 4)).from_second == (4,)


def test_groups_are_nothing_to_choose_in_a_walk():
    with pytest.raises(ValueError, match="no choice"):
        after({"act": "group", "group": 1}, mode="walk")


def test_the_attribute_that_was_moved_last_stands_last():
    moved = after({"act": "move", "name": "a", "value": 1.5}, moves=("a:1", "b:1"))
    assert moves(moved) == ["b:1", "a:1.5"]


def test_an_attribute_that_is_set_back_is_left_out():
    assert moves(after({"act": "move", "name": "a", "value": 0}, moves=("a:1", "b:1"))) == ["b:1"]


def test_a_fourth_attribute_is_refused_with_what_to_do():
    with pytest.raises(InvalidRequest, match="At most 3 attributes"):
        after({"act": "move", "name": "d", "value": 1}, moves=("a:1", "b:1", "c:1"))


def test_the_two_pictures_change_places():
    swapped = after({"act": "swap"}, subject="0:3", second="1:4")
    assert (str(swapped.subject), str(swapped.second)) == ("1:4", "0:3")


@pytest.mark.parametrize(
    "click",
    [
        {},
        {"act": "fly"},
        {"act": "set"},
        {"act": "set", "field": ["mode"], "value": 1},
        {"act": "choose", "picture": None},
        {"act": "choose", "picture": "<b>"},
        {"act": "group", "group": "1"},
        {"act": "group", "group": True},
        {"act": "group", "group": 99},
        {"act": "move", "name": None, "value": 1},
        {"act": "move", "name": "a", "value": "x"},
        {"act": "move", "name": "a", "value": float("nan")},
    ],
)
def test_what_asks_for_nothing_is_refused(click):
    with pytest.raises((LookupError, TypeError, ValueError)):
        after(click, mode="keep")
