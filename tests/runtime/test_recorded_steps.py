from dataclasses import dataclass
from itertools import pairwise

import pytest

from playground.runtime.recorded_steps import FIRST, at_moment, is_recorded, recorded, take_in


@dataclass
class Picture:
    step: int


def taken(*steps):
    pictures = []
    for step in steps:
        take_in(pictures, Picture(step))
    return pictures


def steps_of(pictures):
    return [picture.step for picture in pictures]


@pytest.mark.parametrize("every", [1, 7, 10, 100])
def test_the_first_steps_all_are_recorded(every):
    assert all(is_recorded(step, every) for step in range(FIRST + 1))


def test_the_interval_doubles_after_a_hundred_pictures_of_it():
    recorded = [step for step in range(11, 3200) if is_recorded(step, 10)]
    gaps = {later - step for step, later in pairwise(recorded) if step >= 1000}
    assert recorded[:3] == [20, 30, 40]
    assert 990 in recorded
    assert gaps == {20, 40}


@pytest.mark.parametrize("every", [10, 37, 100])
def test_the_longest_run_has_some_hundred_pictures(every):
    assert 100 < sum(is_recorded(step, every) for step in range(20_001)) < 460


def test_a_picture_that_costs_much_may_be_seldom_from_the_first_step_on():
    assert [step for step in range(101) if is_recorded(step, 50, first=0)] == [0, 50, 100]


def test_a_picture_that_comes_again_takes_the_place_of_the_earlier_one_and_of_what_followed():
    pictures = taken(0, 10, 20, 30)
    again = Picture(20)
    take_in(pictures, again)
    assert steps_of(pictures) == [0, 10, 20]
    assert pictures[-1] is again


def test_a_picture_from_where_a_shorter_run_ended_is_left_out_once_the_run_goes_on():
    assert steps_of(recorded(taken(0, 10, 20, 23), 10)) == [0, 10, 20, 23]
    assert steps_of(recorded(taken(0, 10, 20, 23, 30), 10)) == [0, 10, 20, 30]
    assert recorded([], 10) == []


@pytest.mark.parametrize(("moment", "step"), [(0, 0), (1000, 400), (500, 200), (490, 200), (24, 10)])
def test_a_moment_is_a_share_of_the_steps(moment, step):
    assert at_moment(taken(*range(0, 401, 10)), moment).step == step


def test_no_pictures_no_moment():
    assert at_moment([], 500) is None
