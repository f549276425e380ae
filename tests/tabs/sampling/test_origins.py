import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.tabs.sampling.origins import MOST_GROUPS, Origin, Picture, mixed

origins = st.builds(
    Origin,
    seed=st.integers(0, 2**31 - 1),
    place=st.integers(0, 63),
    fresh=st.booleans(),
    groups=st.just(1),
)


@given(st.lists(origins, min_size=1, max_size=MOST_GROUPS))
def test_a_picture_goes_through_its_text_unchanged(given):
    picture = Picture.of(given)
    assert Picture.model_validate(str(picture)) == picture


@given(st.lists(origins, min_size=1, max_size=12))
def test_every_group_keeps_its_origin(given):
    assert list(Picture.of(given).by_group(len(given))) == given


def test_a_drawn_picture_is_written_short():
    assert str(Picture.drawn(7, 3)) == "7:3"


def test_runs_of_one_origin_are_counted():
    kept, new = Origin(seed=0, place=3, groups=1), Origin(seed=9, place=2, fresh=True, groups=1)
    assert str(Picture.of([kept, kept, new])) == "0:3x2.r9:2"


def test_the_last_origin_fills_whatever_is_left():
    assert Picture.model_validate("0:3x2.1:0x1") == Picture.model_validate("0:3x2.1:0")
    assert len(Picture.drawn(0, 0).by_group(20)) == 20


def test_groups_of_the_other_picture_are_taken_from_it():
    first, second = Picture.drawn(0, 0), Picture.drawn(0, 1)
    assert [origin.place for origin in mixed(first, second, (1, 3), 4).by_group(4)] == [0, 1, 0, 1]


def test_none_or_all_of_the_other_picture_is_one_of_the_two():
    first, second = Picture.drawn(0, 0), Picture.drawn(0, 1)
    assert mixed(first, second, (), 5) == first
    assert mixed(first, second, range(5), 5) == second


@pytest.mark.parametrize(
    "text", ["", "3", "0:64", "-1:0", "0:3x0.0:1", "0:3x99", "x", "0:3..0:1", "0:3+0:1", "9999999999:0", "٣:1"]
)
def test_other_texts_are_refused(text):
    with pytest.raises(ValidationError):
        Picture.model_validate(text)


def test_a_picture_has_at_most_as_many_parts_as_there_may_be_groups():
    with pytest.raises(ValidationError):
        Picture.model_validate(".".join(["0:0x1", "0:1x1"] * MOST_GROUPS))
