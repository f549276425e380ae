import contextlib
import csv
import io
import json

import pytest

from playground.tabs.matching.set.presets import PRESETS
from playground.tabs.matching.set.request import MatchingSetRequest
from playground.tabs.matching.set.tab import MEASURES, VIEW
from playground.tabs.matching.set.view import View, mistakes
from playground.ui.claims import load_claims
from playground.ui.tab_view import Click
from playground.ui.translations import translate
from tests.tabs.matching.set.fakes import MINE, asked, view_of

SCRIPT = "<script>alert({})</script>"
HOSTILE = "a,b,label\n" + "".join(
    f"{SCRIPT.format(n)},{SCRIPT.format(n) if n % 2 else f'=cmd({n})'},{n % 3 == 0:d}\n" for n in range(16)
)


def drawn(request, language="en"):
    return VIEW.draw(view_of(request), request, language)


def table_of(request):
    return list(csv.reader(io.StringIO(VIEW.download(view_of(request), request)["matching-set.csv"].decode())))


def test_the_panel_stands_in_the_matching_tab():
    assert (VIEW.name, VIEW.panel_of, VIEW.api_name) == ("matching-set", "matching", "match_set")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_has_one_value_for_each_output(language):
    assert len(VIEW.draw(None, MatchingSetRequest(), language)) == 6


def test_the_table_has_a_row_for_every_method_and_says_what_it_stands_on():
    results = drawn(asked())[0]
    assert "character n-grams" in results
    assert "BM25" in results
    assert "chosen on 50 pairs" in results
    assert "Alike means label 3 or more, on a scale from 0 to 5" in results


def test_what_is_missing_and_what_was_done_is_said():
    assert "Left out, without a model" in drawn(asked(methods=("ngrams", "simcse")))[0]
    assert "1 pairs that occur again were taken once." in drawn(asked(pasted=MINE + MINE.splitlines()[1]))[0]


def test_a_cost_is_told_with_its_threshold_and_in_the_readout():
    results, histogram, *_ = drawn(asked(goal="cost"))
    assert "cost 0." in results
    assert 'data-value="cost"' in histogram
    assert 'data-value="cost"' not in drawn(asked())[1]


def test_the_histogram_carries_the_counts_of_every_place_of_the_slider():
    view, request = view_of(asked()), asked()
    first = view.methods["ngrams"]
    html = VIEW.draw(view, request, "en")[1]
    assert f'max="{len(first.levels) - 1}"' in html
    assert html.count("<rect") == (first.alike > 0).sum() + (first.different > 0).sum()


def test_a_click_draws_another_method_and_nothing_else_is_asked_for():
    request = asked()
    shown = VIEW.act(request, Click({"act": "show", "method": "bm25"}, lambda: request))
    assert shown.runs_like(request)
    assert "BM25" in VIEW.draw(view_of(request), shown, "en")[2]["layout"]["meta"]["title"]
    with pytest.raises(ValueError, match="no act"):
        VIEW.act(request, Click({"act": "set", "method": "bm25"}, lambda: request))


def test_an_unknown_method_shows_the_first_one():
    view = view_of(asked())
    assert view.shown(asked(shown="nothing")).method == "ngrams"
    assert View().shown(asked()) is None


def test_the_curve_shows_where_the_published_search_began_tried_and_ended():
    curve = drawn(asked())[2]
    names = [trace["name"] for trace in curve["data"]]
    assert names == ["accuracy", "tried by the published search", "its start", "its end"]
    assert curve["data"][2]["x"] == [0.7616]


def test_another_goal_is_drawn_beside_the_accuracy():
    assert [trace["name"] for trace in drawn(asked(goal="mcc"))[2]["data"]][:2] == ["MCC", "accuracy"]


def test_every_method_has_a_roc_curve_with_its_area():
    names = [trace.get("name") for trace in drawn(asked())[3]["data"]]
    assert names[0] is None
    assert names[1].startswith("character n-grams 0.")


def test_the_card_of_the_search_says_where_it_fails():
    rows = "".join(f"{0.1 + n / 1000},{n > 30:d}\n" for n in range(60))
    assert "finds nothing better than its start in" in drawn(asked(pasted=f"score,label\n{rows}"))[4]
    rows = "".join(f"{0.6 + n / 200},{n > 32:d}\n" for n in range(60))
    assert "reaches the best accuracy" in drawn(asked(pasted=f"score,label\n{rows}"))[4]


def test_mistakes_are_reported_pairs_on_the_wrong_side_the_worst_first():
    view = view_of(asked())
    judged, given = view.methods["ngrams"], view.given
    false_alarms, misses = mistakes(view, judged, 5)
    for place in (*false_alarms, *misses):
        assert given.report[place]
        assert (judged.scores[place] >= judged.best[0]) != (given.labels[place] >= given.boundary)
    assert [judged.scores[place] for place in false_alarms] == sorted(judged.scores[false_alarms], reverse=True)
    assert [judged.scores[place] for place in misses] == sorted(judged.scores[misses])


def test_hostile_texts_are_shown_as_text_and_saved_as_text():
    request = asked(pasted=HOSTILE)
    assert "<script>" not in "".join(part for part in drawn(request) if isinstance(part, str))
    assert not any(cell.startswith("=") for row in table_of(request) for cell in row)


def test_the_table_of_a_download_has_every_pair_with_scores_and_decisions():
    head, *rows = table_of(asked())
    assert head == ["a", "b", "label", "part", "ngrams score", "ngrams alike", "bm25 score", "bm25 alike"]
    assert len(rows) == 100
    assert [row[3] for row in rows].count("reported") == 50


def test_scores_without_texts_are_downloaded_without_them():
    assert table_of(asked(pasted="score,label\n0.9,1\n0.8,1\n0.1,0\n0.2,0\n"))[0] == [
        "label",
        "part",
        "own score",
        "own alike",
    ]


def test_the_answer_is_plain_json_and_what_is_no_number_is_null():
    answer = VIEW.answer(view_of(asked(pasted="score,label\n1,1\n1,1\n1,0\n1,0\n")))
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    assert answer["methods"]["own"]["spearman"] is None
    assert VIEW.answer(View()) == {}


def test_a_download_does_not_hold_what_was_pasted():
    request = asked(pasted=MINE)
    assert "pasted" not in json.loads(VIEW.download(view_of(request), request)["matching-set.json"])["request"]


def test_the_snippet_runs_as_it_is_shown():
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(VIEW.snippet(asked()), {})
    assert out.getvalue().startswith("Spearman 0.")


def test_the_first_preset_is_quick_and_all_have_names_of_their_own():
    assert PRESETS[0].request.estimate() < 5
    assert len({preset.title for preset in PRESETS}) == len(PRESETS)
    assert translate("zh", "Find the threshold") == "求阈值"


def test_every_claim_that_can_be_measured_again_has_a_request():
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)
    assert "exact" in MEASURES["published-search"].read(view_of(asked()))
