import csv
import io
import json
import math

import numpy as np
import pytest
from scipy.stats import rankdata

from playground.tabs.prompting.t_ta.cards import cards_html, correlation, share
from playground.tabs.prompting.t_ta.figures import figure
from playground.tabs.prompting.t_ta.request import TTARequest
from playground.tabs.prompting.t_ta.tab import MEASURES, PRESETS, VIEW
from playground.tabs.prompting.t_ta.trace import Trace
from playground.ui.claims import load_claims
from tests.tabs.prompting.t_ta.conftest import TEXT

EXHIBITS = ("scores", "race", "influence")


def test_the_least_probable_token_of_every_strip_is_framed(trace_of):
    html = cards_html(trace_of(), "en")
    assert html.count(" odd") == 2 * 3
    assert html.count('class="strip-pair"') == 3


def test_the_correlation_over_sentences_needs_three_of_them(trace_of):
    assert "over sentences" in cards_html(trace_of(), "en")
    assert "over sentences" not in cards_html(trace_of(text="it was great"), "en")


def test_the_rank_correlation_is_that_of_the_ranks():
    values = np.array([[0.1, 0.5, -2, 7, 7], [3, 1, 0, 2, 9.0]])
    expected = np.corrcoef(rankdata(values[0]), rankdata(values[1]))[0, 1]
    assert correlation(values) == pytest.approx(expected)
    assert math.isnan(correlation(np.ones((2, 4))))
    assert math.isnan(correlation(np.ones((2, 1))))


def test_a_share_bears_wilsons_interval():
    assert share(9, 10) == "90% [60%, 98%]"
    assert share(0, 10) == "0% [0%, 28%]"


def test_the_race_says_who_ranked_and_found(trace_of):
    trace = trace_of(exhibit="race")
    html = cards_html(trace, "en")
    assert f"{len(trace.pairs)} sentences with and without a wrong word" in html
    assert "ranked right" in html


def test_the_square_of_t_ta_has_an_empty_diagonal(trace_of):
    html = cards_html(trace_of(exhibit="influence"), "en")
    assert html.count("<figure>") == 4
    assert html.count("largest on the diagonal: 0<") == 1
    assert html.count('class="own"') == 4 * 6


@pytest.mark.parametrize("exhibit", EXHIBITS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_exhibit_is_drawn_in_both_languages(trace_of, exhibit, language):
    html, plot = VIEW.draw(trace_of(exhibit=exhibit), TTARequest(exhibit=exhibit), language)
    assert html
    assert plot["data"]
    json.dumps(plot)


def test_text_of_the_visitor_is_escaped(trace_of):
    assert "<b>" not in cards_html(trace_of(text="<b> it was"), "en")


def test_nothing_is_drawn_before_the_first_frame():
    assert VIEW.draw(None, TTARequest(), "en") == ["", figure(Trace(), "en")]


@pytest.mark.parametrize(("exhibit", "lines"), [("scores", 14), ("influence", 4 * 36)])
def test_the_table_has_a_line_a_token_or_an_influence(trace_of, exhibit, lines):
    files = VIEW.download(trace_of(exhibit=exhibit), TTARequest(exhibit=exhibit))
    assert list(files) == [f"{exhibit}.json", f"{exhibit}.csv"]
    assert len(list(csv.DictReader(io.StringIO(files[f"{exhibit}.csv"].decode())))) == lines


def test_the_answer_says_what_it_cost(trace_of):
    answer = VIEW.answer(trace_of())
    assert answer["tokens_read"][1] > 4 * answer["tokens_read"][0]
    assert "tokens_read" not in VIEW.answer(trace_of(exhibit="influence"))


def test_the_first_preset_is_the_default():
    assert PRESETS[0].request == TTARequest()
    assert PRESETS[0].request.estimate() < 2


def test_every_claim_that_can_be_measured_again_has_a_request(trace_of):
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)
    for measure in MEASURES.values():
        assert measure.request in [preset.request for preset in PRESETS]
        assert measure.read(Trace()) == ""
    assert MEASURES["no-token-sees-itself"].read(trace_of(exhibit="influence")).startswith("0; ")
    assert "/s; MLM" in MEASURES["one-pass-ranks-as-well"].read(trace_of(exhibit="race"))


@pytest.mark.parametrize("exhibit", ["scores", "influence"])
def test_the_snippet_runs_as_it_is_shown(capsys, leased, monkeypatch, exhibit):
    monkeypatch.setattr("playground.runtime.registry.registry", lambda: leased)
    exec(VIEW.snippet(TTARequest(text=TEXT, exhibit=exhibit)), {})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == (3 if exhibit == "scores" else 4)
    assert exhibit == "scores" or printed[0] == "none 0.0"


def test_the_panel_stands_in_the_prompting_tab():
    assert (VIEW.name, VIEW.panel_of, VIEW.title) == ("prompting-t-ta", "prompting", "T-TA")
