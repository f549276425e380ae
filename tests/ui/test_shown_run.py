"""What a visitor may change about the run on the screen: how it is drawn, and what a click in it asks for."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from playground.runtime.errors import InvalidRequest
from playground.runtime.requests import TabRequest
from playground.ui.tab_view import Click
from tests.fakes import CountRequest, FakeRunner
from tests.ui.visit import Visit, numbers, start, values_of


def act(request: CountRequest, click: Click) -> TabRequest:
    """A click on a number counts up to it, on "more" one further than the State, on "controls" as they say."""
    data = click.data
    if data.get("more"):
        return request.with_(length=(click.paused_at or request.length) + 1)
    if data.get("controls"):
        return click.controls()
    if data.get("refused"):
        raise InvalidRequest("Nobody counts to {number}.", number=data["number"])
    return request.with_(**{"length": int(data["number"]), "loud": data.get("loud", request.loud)})


@pytest.fixture
def visit(folder: Path) -> Visit:
    return start(folder, FakeRunner(), act=act)


def click(visit: Visit, data: Any, **controls: Any) -> None:
    shown = visit.page.get(visit.parts.shown)
    values = values_of(**controls)
    visit.call(visit.handlers.act, shown, visit.history, visit.request, gr.EventData(None, data), *values)


def click_while_running(visit: Visit, data: Any) -> None:
    """Run to 900, click at 4: the page leaves the run's events aside from then on."""

    def step(request: CountRequest, number: int) -> None:
        if request.length == 900 and number == 4:
            raise GeneratorExit

    visit.runner.step = step
    with suppress(GeneratorExit):
        visit.run(length=900)
    visit.runner.step = lambda request, number: None
    click(visit, data)


def redraw(visit: Visit, loud: object) -> None:
    visit.call(visit.handlers.redraw, visit.page.get(visit.parts.shown), visit.request, loud)


def test_a_view_field_redraws_the_shown_run_without_a_new_one(visit: Visit) -> None:
    visit.run(length=3)
    redraw(visit, True)
    assert "1 2 3 APPLES" in visit.page[visit.parts.outputs[0]]
    assert len(visit.runner.submitted) == 1


def test_the_link_follows_a_view_field(visit: Visit) -> None:
    visit.run(length=3)
    redraw(visit, True)
    assert visit.page[visit.parts.link]["query"] == "v=1&tab=counting&length=3&loud=on"
    assert visit.page[visit.parts.shown].request == CountRequest(length=3, loud=True)


def test_controls_that_were_edited_but_not_run_do_not_enter_the_link(visit: Visit) -> None:
    visit.run(length=3)
    visit.page[visit.parts.controls["length"]] = 700
    redraw(visit, True)
    assert "length=3" in visit.page[visit.parts.link]["query"]


def test_before_the_first_run_and_without_a_change_nothing_is_redrawn(visit: Visit) -> None:
    redraw(visit, True)
    assert visit.parts.link not in visit.page
    visit.run(length=3)
    before = dict(visit.page)
    redraw(visit, False)
    assert {key: value for key, value in visit.page.items() if key is not visit.parts.status} == {
        key: value for key, value in before.items() if key is not visit.parts.status
    }


def test_while_a_run_goes_on_the_one_before_is_not_drawn_over_it(visit: Visit) -> None:
    visit.run(length=3)
    visit.runner.step = lambda request, number: redraw(visit, True)
    visit.run(length=5)
    assert "1 2 3 APPLES" not in visit.page[visit.parts.outputs[0]]
    redraw(visit, True)
    assert "1 2 3 4 5 APPLES" in visit.page[visit.parts.outputs[0]]


def test_a_view_value_that_is_none_is_refused_in_a_sentence(visit: Visit) -> None:
    visit.run(length=3)
    redraw(visit, "perhaps")
    assert "Loud must be on or off" in visit.status


def test_a_click_in_the_picture_runs_what_it_asks_for(visit: Visit) -> None:
    visit.run(text="pears", length=3)
    click(visit, {"number": 6})
    assert numbers(visit) == [1, 2, 3, 4, 5, 6]
    assert visit.page[visit.parts.controls["length"]] == 6
    assert visit.page[visit.parts.shown].request == CountRequest(text="pears", length=6)


def test_a_click_that_only_changes_the_view_runs_nothing(visit: Visit) -> None:
    visit.run(length=3)
    click(visit, {"number": 3, "loud": True})
    assert "1 2 3 APPLES" in visit.page[visit.parts.outputs[0]]
    assert len(visit.runner.submitted) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"number": 10**9}, "Length limit must be between 1 and 1,000"),
        ({"number": 7, "refused": True}, "Nobody counts to 7."),
        ({}, "asks for nothing"),
        ({"number": "<script>"}, "asks for nothing"),
        ({"number": None}, "asks for nothing"),
        ([1], "asks for nothing"),
        (None, "asks for nothing"),
    ],
)
def test_a_click_that_asks_for_nothing_possible_is_answered_in_a_sentence(
    visit: Visit, caplog: pytest.LogCaptureFixture, data: Any, sentence: str
) -> None:
    visit.run(length=3)
    with caplog.at_level(logging.ERROR):
        click(visit, data)
    assert sentence in visit.status
    assert numbers(visit) == [1, 2, 3]
    assert caplog.text == ""


def test_a_click_before_any_run_or_on_a_tab_without_acts_does_nothing(folder: Path, visit: Visit) -> None:
    click(visit, {"number": 6})
    other = start(folder, FakeRunner())
    other.run(length=2)
    click(other, {"number": 6})
    assert visit.runner.submitted == []
    assert numbers(other) == [1, 2]


def test_a_first_run_that_arrives_late_does_not_take_the_place_of_a_newer_one(visit: Visit) -> None:
    steps = visit.handlers.open(False, visit.history, visit.request)
    visit.apply(next(steps))
    visit.apply(next(steps))
    visit.runner.remembered.add(CountRequest(length=5))
    visit.run(length=5)
    for late in steps:
        visit.apply(late)
    assert numbers(visit) == [1, 2, 3, 4, 5]
    assert [past.request.length for past in visit.history] == [5]


def test_the_place_is_taken_as_soon_as_a_run_is_asked_for(visit: Visit) -> None:
    changes = next(visit.handlers.run(None, visit.history, visit.request, "apples", "zoo/abacus", 5, 0, False))
    assert visit.handlers.show_first(changes[visit.parts.shown], (), visit.request) == {}


def test_a_shown_run_keeps_its_view_when_it_is_redrawn(visit: Visit) -> None:
    visit.run(length=3)
    shown = visit.page[visit.parts.shown]
    redraw(visit, True)
    assert visit.page[visit.parts.shown] == replace(shown, request=CountRequest(length=3, loud=True))


def test_a_click_knows_where_the_shown_run_paused(visit: Visit) -> None:
    visit.runner.paused_at = 4
    visit.runner.step = lambda request, number: visit.handlers.stop(visit.request) if number == 5 else None
    visit.run(length=6)
    visit.runner.paused_at = 100  # of another run, since
    visit.runner.step = lambda request, number: None
    click(visit, {"more": True})
    assert numbers(visit) == [1, 2, 3, 4, 5]


def test_a_click_without_a_state_knows_of_none(visit: Visit) -> None:
    visit.run(length=3)
    visit.runner.paused_at = 100
    click(visit, {"more": True})
    assert numbers(visit) == [1, 2, 3, 4]


def test_a_click_stops_the_run_first_and_knows_where(visit: Visit) -> None:
    visit.runner.paused_at = 3
    click_while_running(visit, {"more": True})
    assert visit.runner.cancelled.is_set()
    assert numbers(visit) == [1, 2, 3, 4]


def test_a_click_before_a_run_has_a_state_finds_it_at_its_beginning(folder: Path) -> None:
    stood = []

    def note(request: CountRequest, click: Click) -> TabRequest:
        stood.append(click.paused_at)
        return request

    click_while_running(start(folder, FakeRunner(), act=note), {})
    assert stood == [0]


def test_a_click_that_only_changes_the_view_of_a_running_run_lets_it_go_on(visit: Visit) -> None:
    click_while_running(visit, {"number": 900, "loud": True})
    assert [asked for asked, _ in visit.runner.submitted][1:] == [CountRequest(length=900, loud=True)]


def test_a_refused_click_while_a_run_goes_on_offers_to_go_on(visit: Visit) -> None:
    click_while_running(visit, {"number": 10**9})
    assert "between 1 and 1,000" in visit.status
    assert visit.says(visit.parts.again, visible=True)
    assert visit.says(visit.parts.stop, interactive=False)


def test_a_click_may_ask_for_what_the_controls_say(visit: Visit) -> None:
    visit.run(length=3)
    click(visit, {"controls": True}, length=5)
    assert numbers(visit) == [1, 2, 3, 4, 5]


def test_controls_that_are_refused_are_told_to_who_asks_for_them(visit: Visit) -> None:
    visit.run(length=3)
    click(visit, {"controls": True}, length=5000)
    assert "between 1 and 1,000" in visit.status
    click(visit, {"number": 4}, length=5000)
    assert numbers(visit) == [1, 2, 3, 4]
