import csv
import io
import json

import numpy as np
import pytest

from playground.runtime.annotations import options
from playground.tabs.matching.probe.cards import adversarial_html, items_html, shares_html
from playground.tabs.matching.probe.figures import figure
from playground.tabs.matching.probe.frames import Asked, Judged
from playground.tabs.matching.probe.presets import PRESETS
from playground.tabs.matching.probe.probe_set import PHENOMENA, load_items
from playground.tabs.matching.probe.request import ProbeRequest
from playground.tabs.matching.probe.tab import MEASURES, VIEW
from playground.tabs.matching.probe.trace import Share, Trace, fold, verdicts
from playground.ui.claims import load_claims


@pytest.fixture
def right_about_numbers():
    """A method that scores the right text higher only where numbers matter, and calls everything alike."""
    same = np.array([float(item.phenomenon == "numbers") for item in load_items("en")])
    judged = Judged(1.0, "bm25", same, 1 - same, threshold=-1.0, chosen_on=0.5, recorded=False)
    return fold(Trace(Asked(0.0, "en", ("bm25",))), judged)


def test_shares_count_right_orders_and_right_sides(right_about_numbers):
    (judged,) = right_about_numbers.judged.values()
    share = right_about_numbers.share
    assert share(judged, "numbers", "order") == Share(10, 10)
    assert share(judged, "negation", "order") == Share(0, 10)
    assert share(judged, "all", "order") == Share(10, 60)
    assert share(judged, "all", "threshold") == Share(60, 120)


def test_equal_scores_are_no_right_order():
    judged = Judged(1.0, "bm25", np.ones(3), np.ones(3), threshold=1.0, chosen_on=1.0, recorded=False)
    assert not verdicts(judged, "order").any()
    assert verdicts(judged, "threshold").tolist() == [[True] * 3, [False] * 3]


def test_a_share_bears_wilsons_interval():
    low, high = Share(9, 10).interval
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)


def test_the_table_has_a_line_a_method_and_a_column_a_phenomenon(trace_of):
    html = shares_html(trace_of(), ProbeRequest(), "en")
    assert html.count("<tr>") == 1 + 4
    assert all(name in html for name in PHENOMENA)
    assert "recorded" in html


def test_only_the_texts_of_the_chosen_phenomenon_are_listed(trace_of):
    trace = trace_of()
    assert items_html(trace, ProbeRequest(listed="numbers"), "en").count("<tr>") == 1 + 10
    assert items_html(trace, ProbeRequest(listed="all"), "en").count("<tr>") == 1 + 60


@pytest.mark.parametrize(("measure", "marks"), [("order", 1), ("threshold", 2)])
def test_every_verdict_bears_a_mark(trace_of, measure, marks):
    html = items_html(trace_of(), ProbeRequest(measure=measure), "en")
    assert html.count("✓") + html.count("✗") == 10 * 4 * marks


def test_what_was_recorded_on_paws_x_is_shown_for_its_language():
    assert "10 pairs" in adversarial_html(ProbeRequest(language="zh"), "en")
    assert adversarial_html(ProbeRequest(language="en"), "en") == ""


@pytest.mark.parametrize("measure", ["order", "threshold"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_is_drawn_in_both_languages(trace_of, measure, language):
    request = ProbeRequest(language=language, measure=measure)
    plot, html = VIEW.draw(trace_of(language=language), request, language)
    assert len(plot["data"]) == 4
    assert html
    json.dumps(plot)


def test_the_points_of_all_methods_stand_apart(trace_of):
    plot = figure(trace_of(), ProbeRequest(), "en")
    places = sorted(x for points in plot["data"] for x in points["x"])
    assert min(np.diff(places)) > 0.1


def test_nothing_but_the_record_is_drawn_before_the_first_frame():
    plot, html = VIEW.draw(None, ProbeRequest(), "en")
    assert (plot["data"], html) == ([], "")


def test_downloads_hold_every_score(trace_of):
    files = VIEW.download(trace_of(), ProbeRequest())
    assert len(list(csv.DictReader(io.StringIO(files["probe.csv"].decode())))) == 4 * 60
    assert len(json.loads(files["probe.json"])["scores"]) == 4 * 60


def test_the_answer_counts_for_every_method(right_about_numbers):
    answer = VIEW.answer(right_about_numbers)
    assert answer["methods"]["bm25"]["order"]["numbers"] == {"hits": 10, "of": 10}


def test_the_first_preset_is_the_default_and_quick():
    assert PRESETS[0].request == ProbeRequest()
    assert PRESETS[0].request.estimate() <= 2


def test_every_claim_that_can_be_measured_again_has_a_request(trace_of):
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)
    measure = MEASURES["words-fool-encoders"]
    assert measure.request == PRESETS[0].request
    assert measure.read(trace_of()).startswith("minilm ")


def test_the_snippet_runs_as_it_is_shown(capsys, context, monkeypatch):
    monkeypatch.setattr("playground.runtime.registry.registry", lambda: context)
    exec(VIEW.snippet(ProbeRequest()), {})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(PHENOMENA)
    assert all(line.endswith("of 10") for line in printed)


def test_the_panel_stands_in_the_matching_tab():
    assert (VIEW.name, VIEW.panel_of) == ("matching-probe", "matching")


def test_every_phenomenon_can_be_listed():
    assert set(options(ProbeRequest.model_fields["listed"].annotation)) == {*PHENOMENA, "all"}
