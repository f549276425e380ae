from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from playground.runtime.contracts import Frame
from playground.tabs.matching.cards import score_of, scores_html, strip
from playground.tabs.matching.frames import Occluded, Question, Scored
from playground.tabs.matching.pair_acts import act
from playground.tabs.matching.presets import PRESETS
from playground.tabs.matching.reasons import (
    aligned_in,
    alignment_figure,
    alignment_switch,
    nearest_pairs,
    reasons_html,
    thumbnail,
)
from playground.tabs.matching.reference import Reference
from playground.tabs.matching.request import MatchingRequest
from playground.tabs.matching.tab import VIEW
from playground.tabs.matching.trace import Trace
from playground.ui.tab_view import Click

HOSTILE = {"a": "<script>alert(1)</script> great", "b": '"><b>film</b>'}
KNOWN = Reference(tuple(np.linspace(0, 0.5, 101)), tuple(np.linspace(0.6, 1, 101)), ((0.0, 1.0), (0.0, 5.0)))


@pytest.fixture
def two(trace_of: Callable[..., Trace]) -> Trace:
    return trace_of(a="the film was great", b="the plot was boring")


@pytest.fixture
def conditional() -> Trace:
    """A run of a method that knows two criteria: without “a” the score falls under A and rises under B."""
    falls, none = np.array([[1.0], [-1.0]], np.float32), np.zeros((2, 0), np.float32)
    occluded = Occluded(1.0, "conditional-zh", ("", "a", ""), ("",), falls, none)
    scored = Scored(1.0, "conditional-zh", (0.75, -0.25), 0.01)
    return Trace(Question(0.0, "zh", ("conditional-zh",)), {scored.method: scored}, {}, {occluded.method: occluded})


def click(**data: Any) -> Click:
    return Click(data, MatchingRequest)


def test_the_table_has_a_line_a_method(two: Trace) -> None:
    assert scores_html(two, MatchingRequest(), "en").count("<tr") == 1 + len(two.scored)


def test_a_method_says_where_the_score_stands(two: Trace) -> None:
    html = scores_html(two, MatchingRequest(), "en")
    assert "cosine, −1 to 1" in html
    assert "logit, any number" in html
    assert 'aria-label="above ' in html


def test_a_strip_shows_this_pair_between_the_others() -> None:
    html = strip(0.5, KNOWN, "en")
    assert 'x="80.0" y="0"' in html  # the middle of 160
    assert html.count("<rect") == 3


@pytest.mark.parametrize("score", [-9.0, 9.0])
def test_a_score_outside_stays_inside_its_strip(score: float) -> None:
    html = strip(score, KNOWN, "en")
    places = [float(part.split('"')[0]) for part in html.split(' x="')[1:]]
    assert 0 <= min(places) <= max(places) <= 160


def test_the_criterion_chooses_between_two_scores(conditional: Trace) -> None:
    scored = conditional.scored["conditional-zh"]
    assert (score_of(scored, "A"), score_of(scored, "B")) == (0.75, -0.25)
    shown = scores_html(conditional, MatchingRequest(criterion="B"), "en")
    assert "−0.250" in shown
    assert 'aria-pressed="true">B: same event' in shown


def test_without_a_conditional_model_there_is_no_switch(two: Trace) -> None:
    assert "B: same event" not in scores_html(two, MatchingRequest(), "en")
    assert "not among the models here" in scores_html(two, MatchingRequest(criterion="B"), "en")


def test_both_criteria_colour_the_words(conditional: Trace) -> None:
    html = reasons_html(conditional, MatchingRequest(), "en")
    assert "A: same topic" in html
    assert "B: same event" in html
    assert "background: color-mix" in html
    assert "border-bottom" in html


def test_the_alignment_is_of_the_method_that_was_clicked(two: Trace) -> None:
    asked = act(MatchingRequest(), click(aligned="minilm"))
    chosen, first = aligned_in(two, asked), aligned_in(two, MatchingRequest())
    assert chosen is not None
    assert first is not None
    assert (chosen.method, first.method) == ("minilm", "cosent-en")
    assert 'aria-pressed="true">MiniLM' in alignment_switch(two, asked, "en")


def test_an_unknown_alignment_is_the_first_one(two: Trace) -> None:
    shown = aligned_in(two, MatchingRequest(aligned="nonsense"))
    assert shown is not None
    assert shown.method == "cosent-en"


@pytest.mark.parametrize("data", [{}, {"a": "x"}, {"criterion": "C"}, {"criterion": "A", "aligned": "x"}])
def test_a_click_that_asks_for_nothing_is_refused(data: dict[str, str]) -> None:
    with pytest.raises((KeyError, ValueError)):
        act(MatchingRequest(), click(**data))


def test_rings_mark_tokens_that_are_each_others_nearest() -> None:
    rows, columns = nearest_pairs(np.array([[0.9, 0.1, 0.2], [0.8, 0.2, 0.7]], np.float32))
    assert (rows, columns) == ([0], [0])


def test_the_plot_has_every_token_pair(two: Trace) -> None:
    heat, _ = alignment_figure(two, MatchingRequest(), "en")["data"]
    shown = aligned_in(two, MatchingRequest())
    assert shown is not None
    np.testing.assert_allclose(heat["z"], shown.cosines, rtol=1e-3)


def test_what_somebody_wrote_is_escaped_everywhere(trace_of: Callable[..., Trace]) -> None:
    trace, request = trace_of(**HOSTILE), MatchingRequest(**HOSTILE)
    html = VIEW.draw(trace, request, "en")
    plot = json.dumps(html[1]["layout"]["yaxis"]["ticktext"])
    for part in (html[0], html[2], plot, thumbnail(trace)):
        assert "<script" not in part
        assert "<b>film" not in part


def test_an_empty_text_draws_no_plot(trace_of: Callable[..., Trace]) -> None:
    trace = trace_of(a="", b="great")
    assert alignment_figure(trace, MatchingRequest(), "en")["data"] == []
    assert thumbnail(trace) == ""


def test_an_empty_view_draws_nothing() -> None:
    first, figure, last = VIEW.draw(None, MatchingRequest(), "en")
    assert (first, figure["data"], last, thumbnail(Trace())) == ("", [], "", "")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_has_one_value_for_each_output(two: Trace, language: str) -> None:
    assert len(VIEW.draw(two, MatchingRequest(), language)) == len(VIEW.outputs())


def test_a_plain_frame_leaves_the_view(two: Trace) -> None:
    assert VIEW.folded(two, Frame(0.5)) is two


def test_downloads_hold_every_method(two: Trace) -> None:
    files = VIEW.download(two, MatchingRequest())
    told = json.loads(files["pair.json"])  # type: ignore[arg-type]
    rows = list(csv.DictReader(io.StringIO(files["pair.csv"].decode())))  # type: ignore[union-attr]
    assert [row["method"] for row in rows] == [row["method"] for row in told["methods"]] == list(two.scored)
    assert told["alignment"].keys() == two.aligned.keys()


def test_the_first_preset_is_the_request_of_the_controls() -> None:
    assert PRESETS[0].request == MatchingRequest()


def test_the_snippet_runs_as_it_is_shown(
    context: Any, all_models: frozenset[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from playground.runtime import registry

    monkeypatch.setattr(registry, "registry", lambda: context)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(VIEW.snippet(MatchingRequest(a="great film", b="the plot")), {})
    assert len(printed.getvalue().splitlines()) == 1 + 2


def test_the_snippet_survives_quotes_and_braces() -> None:
    compile(VIEW.snippet(MatchingRequest(a="\"'{x}'\"\\\n}{")), "snippet", "exec")
