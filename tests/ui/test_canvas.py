"""What a run changes on a tab besides its picture: texts, snippets, the table of claims."""

from __future__ import annotations

import re
from pathlib import Path

import gradio as gr
import pytest

from playground.ui.tab_view import Measure
from tests.fakes import CountRequest, FakeRunner
from tests.ui.visit import Visit, numbers, start


def test_texts_follow_the_language(visit: Visit) -> None:
    visit.language = "zh"
    visit.open()
    assert visit.page[visit.parts.notes] == "会停。"


@pytest.mark.parametrize(("space", "address"), [(None, "http://127.0.0.1:7860"), ("someone/whybox", "someone/whybox")])
def test_the_snippet_calls_this_server(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, space: str | None, address: str
) -> None:
    if space:
        monkeypatch.setenv("SPACE_ID", space)
    visit.run(length=3)
    assert f'<q>"{address}"</q>' in visit.page[visit.parts.snippet]


CLAIMS = """claims:
- id: ends
  claim: {en: Counting ends, zh: 计数会停}
  source: {title: P, url: https://example.org}
  published: "1"
  measurable: true
- id: starts
  claim: {en: Counting starts, zh: 计数会开始}
  source: {title: P, url: https://example.org}
  published: "1"
"""


@pytest.fixture
def measured(folder: Path) -> Visit:
    """A tab whose first claim can be measured again."""
    (folder / "claims.yaml").write_text(CLAIMS)
    measure = Measure(CountRequest(length=4), lambda view: f"{len(view)} of 4")
    return start(folder, FakeRunner(), measures={"ends": measure})


def measure_again(visit: Visit) -> None:
    visit.call(visit.handlers.measure, (), visit.request, gr.EventData(None, {"claim": "ends"}))


def test_a_claim_is_measured_again_and_its_number_stands_in_the_table(measured: Visit) -> None:
    measure_again(measured)
    assert numbers(measured) == [1, 2, 3, 4]
    assert measured.page[measured.parts.claims].count("measured again: 4 of 4") == 1


def test_measuring_again_runs_even_what_is_remembered_and_says_when(measured: Visit) -> None:
    measured.runner.remembered.add(CountRequest(length=4))
    measured.language = "zh"
    measure_again(measured)
    assert measured.runner.submitted == [(CountRequest(length=4), "me")]
    assert re.search(r"重新测得：4 of 4 \(\d\d:\d\d UTC\)", measured.page[measured.parts.claims])


def test_a_run_that_was_only_remembered_measures_nothing(measured: Visit) -> None:
    measured.runner.remembered.add(CountRequest(length=4))
    measured.run(length=4)
    assert measured.parts.claims not in measured.page


def test_another_run_measures_nothing(measured: Visit) -> None:
    measured.run(length=5)
    assert measured.parts.claims not in measured.page


def test_a_run_that_was_stopped_measures_nothing(measured: Visit) -> None:
    measured.runner.step = lambda request, number: measured.handlers.stop(measured.request) if number == 3 else None
    measure_again(measured)
    assert numbers(measured) == [1, 2]
    assert measured.parts.claims not in measured.page
