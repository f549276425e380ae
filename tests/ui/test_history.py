"""Chips of past runs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from playground.ui.history import KEPT, LONGEST_TITLE, PastRun, remember, run_title
from playground.ui.tab_view import Preset
from tests.fakes import CountRequest

PRESETS = (Preset("Eight", CountRequest()), Preset("Twenty pears", CountRequest(text="pears", length=20)))


@given(st.lists(st.integers(1, 9)))
def test_the_last_runs_stand_in_front_each_once(lengths: list[int]) -> None:
    history: tuple[PastRun, ...] = ()
    for length in lengths:
        history = remember(history, PastRun(str(length), CountRequest(length=length)))
    newest_first = list(dict.fromkeys(reversed(lengths)))
    assert [past.request.length for past in history] == newest_first[:KEPT]


def test_a_run_drawn_otherwise_is_the_same_chip() -> None:
    quiet, loud = (PastRun("3", CountRequest(length=3, loud=loud)) for loud in (False, True))
    assert remember((quiet,), loud) == (loud,)


def test_what_is_typed_letter_by_letter_is_one_chip() -> None:
    history = (PastRun("3", CountRequest(length=3)),)
    for text in ("p", "pe", "pear"):
        history = remember(history, PastRun(text, CountRequest(text=text, length=4)), typed=("text",))
    assert [past.title for past in history] == ["pear", "3"]


def test_a_preset_lends_its_title() -> None:
    assert run_title(PRESETS[1].request, PRESETS, "en") == "Twenty pears"


def test_other_runs_say_what_differs_from_the_nearest_preset() -> None:
    assert run_title(CountRequest(text="pears", length=1000), PRESETS, "en") == "Length limit 1,000"
    assert run_title(CountRequest(loud=True), PRESETS, "zh").endswith("开")


def test_a_tab_without_presets_compares_with_its_defaults() -> None:
    assert run_title(CountRequest(seed=7), (), "en") == "Seed 7"


def test_a_title_stays_short() -> None:
    assert len(run_title(CountRequest(text="x" * 200, seed=3), PRESETS, "en")) == LONGEST_TITLE
