"""A run becomes screens: nothing is lost, and drawing is held back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runtime.contracts import Frame, Update
from playground.ui.follow import DRAW_EVERY, DRAW_SHARE, Screen, finish, follow
from tests.fakes import Counted, CountRequest, counting

TAB = counting(Path())
REQUEST = CountRequest()


def running(numbers: range) -> Iterator[Update]:
    return (Update("running", "r", Counted(n / len(numbers), n)) for n in numbers)


@given(pauses=st.lists(st.floats(0, 0.3), min_size=1, max_size=40))
def test_the_last_screen_holds_every_frame_and_drawings_keep_their_distance(pauses: list[float]) -> None:
    now = 0.0

    def updates() -> Iterator[Update]:
        nonlocal now
        for number, pause in enumerate(pauses, 1):
            now += pause
            yield Update("running", "r", Counted(0.5, number))
        yield Update("done", "r")

    drawn_at = []
    for screen in follow(TAB, updates(), REQUEST, "en", lambda: now):
        if screen.drawing is not None and not screen.update.final:
            drawn_at.append(now)
    assert screen.update.state == "done"
    assert screen.view == list(range(1, len(pauses) + 1))
    assert all(later - earlier >= DRAW_EVERY - 1e-9 for earlier, later in pairwise(drawn_at))


def test_drawing_never_takes_more_than_half_of_the_time() -> None:
    now, drawn = 0.0, 0

    def draw(view: list[int], request: CountRequest, language: str) -> list[str]:
        nonlocal now, drawn
        now, drawn = now + 1.0, drawn + 1
        return []

    def updates() -> Iterator[Update]:
        nonlocal now
        for update in running(range(1, 101)):
            now += 0.1
            yield update
        yield Update("done", "r")

    screens = list(follow(counting(Path(), draw=draw), updates(), REQUEST, "en", lambda: now))
    assert screens[-1].view == list(range(1, 101))
    assert 2 <= drawn <= now / 2 + 1


def test_a_reader_who_is_slow_gets_fewer_drawings_and_the_run_goes_on() -> None:
    now = 0.0

    def updates() -> Iterator[Update]:
        nonlocal now
        for update in running(range(1, 901)):
            now += 0.001
            yield update
        yield Update("done", "r")

    screens, shown = follow(TAB, updates(), REQUEST, "en", lambda: now), []
    for screen in screens:
        shown.append(screen)
        now += 0.1  # until it is sent
    assert shown[-1].view == list(range(1, 901))
    assert now <= 0.9 / DRAW_SHARE + 0.2


def test_waiting_shows_at_once_and_draws_nothing() -> None:
    updates = [Update("waiting", "r", place=2), Update("waiting", "r", place=1), Update("cancelled", "r")]
    screens = list(follow(TAB, updates, REQUEST, "en"))
    assert [screen.update.place for screen in screens] == [2, 1, 0]
    assert all(screen.drawing is None for screen in screens)


class Rests:
    """A clock, and rests that make it go on."""

    def __init__(self) -> None:
        self.now, self.rested = 0.0, 0.0

    def rest(self, seconds: float) -> None:
        self.now += seconds
        self.rested += seconds


def slowly(updates: Iterator[Update], time: Rests, pace: float = 1.0) -> Iterator[Screen]:
    return follow(counting(Path(), pace=lambda request: pace), updates, REQUEST, "en", lambda: time.now, time.rest)


def test_at_a_pace_every_picture_is_drawn_in_its_time() -> None:
    time, drawn_at = Rests(), []
    updates = iter([*running(range(1, 6)), Update("done", "r")])
    for screen in slowly(updates, time):
        if screen.drawing is not None and not screen.update.final:
            drawn_at.append((time.now, screen.view[-1]))
    assert drawn_at == [(0.0, 1), (1.0, 2), (2.0, 3), (3.0, 4), (4.0, 5)]


def test_the_time_that_work_takes_anyway_is_not_rested_as_well() -> None:
    time = Rests()

    def updates() -> Iterator[Update]:
        for update in running(range(1, 6)):
            time.now += 0.75
            yield update
        yield Update("done", "r")

    list(slowly(updates(), time))
    assert time.rested == pytest.approx(4 * 0.25)


def test_how_far_a_slow_run_is_shows_without_a_rest() -> None:
    time = Rests()

    def updates() -> Iterator[Update]:
        yield from running(range(1, 2))
        for percent in (10, 20, 30):
            time.now += DRAW_EVERY
            yield Update("running", "r", Frame(percent / 100), seconds_left=2.0)
        yield Update("done", "r")

    screens = list(slowly(updates(), time))
    assert [screen.done for screen in screens] == [1.0, 0.1, 0.2, 0.3, 0.3]
    assert [screen.drawing is None for screen in screens] == [False, True, True, True, False]
    assert all(screen.update.seconds_left is None for screen in screens)
    assert time.rested == 0


def test_a_rest_that_was_cut_short_draws_nothing_more_than_the_end() -> None:
    def stopped() -> Iterator[Update]:
        yield from running(range(1, 3))
        yield Update("cancelled", "r")

    paced = follow(counting(Path(), pace=lambda request: 9.0), stopped(), REQUEST, "en", lambda: 0.0, lambda _: None)
    assert [screen.view for screen in paced if screen.drawing is not None] == [[1], [1, 2]]


def test_what_was_computed_before_is_folded_without_being_drawn() -> None:
    earlier = (replace(update, remembered=True) for update in running(range(1, 400)))
    updates = [*earlier, Update("running", "r", Counted(1.0, 400)), Update("done", "r")]
    views = [len(screen.view) for screen in slowly(iter(updates), Rests()) if screen.drawing is not None]
    assert views == [400, 400]


def test_a_plain_frame_only_tells_how_far_the_run_is() -> None:
    screen = finish(TAB, [Update("running", "r", Frame(0.4)), Update("cut", "r")], REQUEST)
    assert (screen.view, screen.done) == (None, 0.4)


def test_a_run_without_an_end_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="final"):
        finish(TAB, running(range(1, 3)), REQUEST)
