"""The status line: one sentence for every way a run can stand."""

from __future__ import annotations

from typing import Any

import pytest

from playground.runtime.contracts import Note, RunState, Update
from playground.runtime.errors import Busy
from playground.ui.follow import Screen
from playground.ui.status import error_html, idle_html, status_html
from tests.fakes import CountRequest


def said(state: RunState, language: str = "en", done: float = 0.25, **values: Any) -> str:
    return status_html(Screen(Update(state, "ab12", **values), CountRequest(), None, None, done, 1.5), language)


@pytest.mark.parametrize(
    ("state", "values", "sentence"),
    [
        ("waiting", {"place": 3}, "Waiting: place 3 in line."),
        ("waiting", {"place": 1, "seconds_left": 4.2}, "Waiting: place 1 in line, about 4.2 s."),
        ("running", {}, "25 % done."),
        ("running", {"seconds_left": 61.7}, "25 % done, about 62 s left."),
        ("running", {"seconds_left": 0.0}, "25 % done, about 0.1 s left."),
        ("done", {}, "Done in 1.50 s on cpu."),
        ("done", {"remembered": True}, "Computed before and remembered."),
        ("cancelled", {}, "Stopped. What was computed so far is shown."),
        ("cancelled", {"paused_at": 1370}, "Paused at step 1,370."),
        ("cut", {}, "Cut at the time limit. What was computed so far is shown."),
        ("cut", {"note": Note("Ended after {s} s.", {"s": 60})}, "Ended after 60 s."),
        ("failed", {"note": Note("The model is away.")}, "Run ab12"),
        ("failed", {}, "Something went wrong"),
    ],
)
def test_every_state_has_its_sentence(state: RunState, values: dict[str, Any], sentence: str) -> None:
    assert sentence in said(state, **values)


def test_the_bar_shows_the_share_and_moves_while_waiting() -> None:
    assert '<progress value="0.250"' in said("running")
    assert "<progress max" in said("waiting", place=1)
    assert "<progress" not in said("done")


def test_a_failure_is_announced() -> None:
    assert 'role="alert"' in said("failed")


def test_sentences_are_translated_and_escaped() -> None:
    assert "开始" in idle_html([Note("Press Run to start.")], "zh")
    assert "<b>" not in error_html(Busy("No room for {name}.", name="<b>"), "en")


def test_the_field_that_a_sentence_is_about_is_named_in_the_visitors_language() -> None:
    note = Note(
        "{field} must be between {low} and {high}: change it and run again.",
        {"field": "Steps", "low": "0", "high": "9"},
    )
    assert "步数" in error_html(note, "zh")
    assert "Steps must" in error_html(note, "en")
