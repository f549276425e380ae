import csv
import io
import json

import pytest

from playground.tabs.prompting.fill.acts import act
from playground.tabs.prompting.fill.request import FillRequest
from playground.tabs.prompting.fill.tab import MEASURES, PRESETS, VIEW
from playground.tabs.prompting.fill.trace import Trace
from playground.ui.claims import load_claims
from playground.ui.tab_view import Click, Draft
from tests.tabs.prompting.fill.conftest import TEXT


def click(**data):
    return Click(data, lambda: FillRequest())


def test_the_first_preset_is_the_default():
    assert PRESETS[0].request == FillRequest()
    assert len({preset.title for preset in PRESETS}) == len(PRESETS)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_preset_has_its_masks(preset):
    assert preset.request.gap <= preset.request.text.count("[MASK]")
    assert preset.request.models() == (preset.request.model,)
    assert preset.request.estimate() < 2


def test_words_are_separated_by_commas_of_any_script_and_stand_once():
    request = FillRequest(words="good, bad，好、差\n good , very good")
    assert request.chosen() == ("good", "bad", "好", "差", "very good")


def test_a_suggestion_is_written_into_its_mask():
    request = FillRequest(text="a [MASK] and [MASK].", gap=2)
    changed = act(request, click(act="write", gap=1, word="dog"))
    assert (changed.text, changed.gap) == ("a dog and [MASK].", 1)


def test_the_last_suggestion_only_fills_in_the_controls():
    changed = act(FillRequest(text="a [MASK]."), click(act="write", gap=1, word="dog"))
    assert isinstance(changed, Draft)
    assert changed.request.text == "a dog."


def test_a_piece_goes_on_with_the_word_before_it():
    assert act(FillRequest(text="film [MASK] [MASK]"), click(act="write", gap=1, word="##s")).text == "films [MASK]"


@pytest.mark.parametrize(
    "data", [{}, {"gap": 0, "word": "a"}, {"gap": 3, "word": "a"}, {"gap": "x", "word": "a"}, {"gap": 1}], ids=str
)
def test_a_click_that_asks_for_nothing_is_refused(data):
    with pytest.raises((KeyError, ValueError, TypeError)):
        act(FillRequest(text=TEXT), click(**data))


def test_a_run_has_one_value_for_each_output(trace_of):
    assert len(VIEW.draw(None, FillRequest(), "en")) == len(VIEW.draw(trace_of(), FillRequest(), "zh")) == 2


def test_downloads_hold_the_guesses_and_the_words(trace_of):
    files = VIEW.download(trace_of(top=3), FillRequest(gap=1))
    assert list(files) == ["fill.json", "fill.csv"]
    assert [word["word"] for word in json.loads(files["fill.json"])["words"]] == ["great", "sad", "movies"]
    table = list(csv.DictReader(io.StringIO(files["fill.csv"].decode())))
    assert len(table) == 2 * 3 + 3
    assert table[-1]["pieces"] == "movie ##s"


def test_the_answer_says_which_words_are_one_token(trace_of):
    answer = VIEW.answer(trace_of())
    assert [word["one_token"] for word in answer["words"]] == [True, False, False]
    assert [filled["order"] for filled in answer["filled"]] == ["parallel", "left to right", "confidence first"]
    assert len(answer["masks"]) == 2


def test_a_table_of_nothing_has_its_head():
    assert Trace().to_csv(1).startswith(b"mask,word,pieces")


def test_every_claim_that_can_be_measured_again_has_a_request(trace_of):
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)
    assert MEASURES["orders-differ"].read(trace_of()).startswith("parallel −")


def test_the_snippet_scores_the_words_as_it_is_shown(capsys, bert, monkeypatch):
    from tests.tabs.prompting.fill.conftest import Leased

    monkeypatch.setattr("playground.runtime.registry.registry", lambda: Leased(bert))
    exec(VIEW.snippet(FillRequest(text=TEXT, words="great, sad", gap=2)), {})
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["great", "sad"]


def test_the_panel_stands_in_the_prompting_tab():
    assert (VIEW.name, VIEW.panel_of, VIEW.api_name) == ("prompting-fill", "prompting", "fill")
