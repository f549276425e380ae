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
from playground.tabs.prompting.figures import prior_figure, thumbnail
from playground.tabs.prompting.heat_map import heat_map
from playground.tabs.prompting.presets import PRESETS
from playground.tabs.prompting.request import PromptingRequest
from playground.tabs.prompting.tab import MEASURES, VIEW
from playground.tabs.prompting.trace import Trace
from playground.tabs.prompting.why import confusion, why_html
from playground.ui.claims import load_claims

TWO = "{text} It was [MASK].\nJust [MASK]! {text}"
HOSTILE = "<script>alert(1)</script> great | positive\n=1+1 | negative"


@pytest.fixture(scope="module")
def two(trace_of: Callable[..., Trace]) -> Trace:
    return trace_of(patterns=TWO, calibration="median")


REQUEST = PromptingRequest(patterns=TWO, calibration="median")


def test_the_heat_map_has_a_row_a_text_and_a_column_a_pattern_and_two_for_all(two: Trace) -> None:
    html = heat_map(two, REQUEST, "en")
    assert html.count("<tr") == 1 + 8
    assert html.count('scope="col"') == 1 + 2 + 2


def test_one_pattern_needs_no_column_for_all(trace_of: Callable[..., Trace]) -> None:
    assert heat_map(trace_of(), PromptingRequest(), "en").count('scope="col"') == 2


def test_wrong_labels_are_marked(two: Trace) -> None:
    assert two.question is not None
    assert two.answers is not None
    columns = [*two.answers.after, two.answers.ensemble_after, two.answers.ensemble_before]
    wrong = sum(int((p.argmax(axis=1) != two.question.gold).sum()) for p in columns)
    assert heat_map(two, REQUEST, "en").count("✗") == wrong


def test_what_somebody_wrote_is_escaped_everywhere(trace_of: Callable[..., Trace]) -> None:
    words = "<b>x</b>: great\npositive: bad"
    request = PromptingRequest(texts=HOSTILE, verbalizer=words, patterns="{text} <i>[MASK]</i>")
    trace = trace_of(texts=HOSTILE, verbalizer=words, patterns="{text} <i>[MASK]</i>")
    html = heat_map(trace, request, "en") + why_html(trace, request, "en") + thumbnail(trace)
    for tag in ("<script", "<b>x", "<i>["):
        assert tag not in html


def test_only_a_hundred_texts_are_drawn_and_the_rest_is_told(trace_of: Callable[..., Trace]) -> None:
    html = heat_map(trace_of(texts="great\n" * 120), PromptingRequest(), "en")
    assert html.count("<tr") == 101
    assert "100 of 120 texts are shown" in html


def test_a_text_in_a_foreign_script_is_remarked_on(trace_of: Callable[..., Trace]) -> None:
    assert "does not know" in heat_map(trace_of(texts="ελληνικά κείμενα\n😀 😀"), PromptingRequest(), "en")


def test_a_refused_word_stands_in_red(frames_of: Any) -> None:
    question = next(frames_of(verbalizer="a: great, pizza\nb: bad"))
    html = why_html(Trace(question), PromptingRequest(), "en")
    assert '<span class="wrong">p ##i ##z ##z ##a</span>' in html
    assert "A word in red" in html


def test_reasons_name_the_pattern_and_the_words(two: Trace) -> None:
    html = why_html(two, REQUEST, "en")
    assert two.answers is not None
    assert "Without any text" in html
    assert f"{two.answers.blank.max():.2f}" in html
    assert "times as probable as" in html
    assert "Alone, the patterns get" in html


def test_without_labels_the_patterns_are_compared_with_each_other(trace_of: Callable[..., Trace]) -> None:
    html = why_html(trace_of(patterns=TWO, texts="great\nbad film"), PromptingRequest(patterns=TWO), "en")
    assert "The patterns disagree on" in html
    assert "Which labels are taken" not in html


def test_confusion_counts_every_labelled_text_once(two: Trace) -> None:
    assert two.question is not None
    assert two.answers is not None
    counts = confusion(two.question, two.answers.ensemble_after)
    assert counts.sum() == 8
    right = np.mean(two.answers.ensemble_after.argmax(axis=1) == two.question.gold)
    assert counts.trace() / 8 == right == two.answers.accuracy[3, 2]


def test_the_prior_is_stacked_to_one(two: Trace) -> None:
    figure = prior_figure(two, "en")
    assert len(figure["data"]) == 2
    np.testing.assert_allclose(np.sum([bar["x"] for bar in figure["data"]], axis=0), 1, rtol=1e-6)
    assert len(figure["data"][0]["x"]) == 2 * 2 + 1


def test_an_empty_view_draws_nothing() -> None:
    first, figure, last = VIEW.draw(None, PromptingRequest(), "en")
    assert (first, figure["data"], last, thumbnail(Trace())) == ("", [], "", "")


def test_a_run_has_one_value_for_each_output(two: Trace) -> None:
    assert len(VIEW.draw(two, REQUEST, "zh")) == len(VIEW.outputs())


def test_a_plain_frame_leaves_the_view(two: Trace) -> None:
    assert VIEW.folded(two, Frame(0.5)) is two


def test_downloads_hold_every_text(two: Trace) -> None:
    files = VIEW.download(two, REQUEST)
    told = json.loads(files["classified.json"])  # type: ignore[arg-type]
    rows = list(csv.reader(io.StringIO(files["classified.csv"].decode())))  # type: ignore[union-attr]
    assert len(told["texts"]) == len(rows) - 1 == 8
    assert rows[0] == ["text", "label", "predicted", "p(positive)", "p(negative)"]
    assert told["accuracy"]["none"]["mean"] is not None


def test_a_number_that_is_not_known_is_null(trace_of: Callable[..., Trace]) -> None:
    told = trace_of(texts="great").to_dict()
    assert set(told["accuracy"]["none"].values()) == {None}


def test_the_empty_view_can_be_downloaded() -> None:
    assert Trace().to_dict() == {}
    assert Trace().to_csv().decode().strip() == "text,label,predicted"


def test_every_claim_that_can_be_measured_again_has_a_request() -> None:
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_a_claim_is_measured_by_a_preset_so_that_it_is_remembered(measure: Any, two: Trace) -> None:
    assert measure.request in [preset.request for preset in PRESETS]
    assert measure.read(Trace()) == ""
    assert measure.read(two).count("%") in (2, 4)


@pytest.mark.parametrize(
    "fields", [{}, {"order": "sum"}, {"source": "su-sentiment", "patterns": "", "verbalizer": "a: 不\nb: 很"}]
)
def test_the_snippet_runs_as_it_is_shown(fields: dict[str, str], bert: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from playground.runtime import registry

    class Tiny:
        @contextlib.contextmanager
        def lease(self, model: str) -> Any:
            yield bert

    monkeypatch.setattr(registry, "registry", Tiny)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(VIEW.snippet(PromptingRequest(**fields)), {})  # type: ignore[arg-type]
    assert len(printed.getvalue().splitlines()) == 3


def test_the_snippet_survives_quotes_and_braces() -> None:
    compile(VIEW.snippet(PromptingRequest(texts="\"'{x}'\"\\\n}{")), "snippet", "exec")
