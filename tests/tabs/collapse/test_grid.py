from itertools import pairwise

import pytest

from playground.tabs.collapse.grid import FIRST, is_recorded


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
