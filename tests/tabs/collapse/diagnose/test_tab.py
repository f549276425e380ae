import contextlib
import io
import json
import math

import numpy as np
import pytest

from playground.tabs.collapse.diagnose.request import DiagnoseRequest
from playground.tabs.collapse.diagnose.tab import PRESETS, VIEW
from tests.tabs.collapse.diagnose.conftest import attached

LABELLED = "1,2,<b>\n3,4,<i>\n-5,6,<b>"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_preset_is_drawn_in_both_languages_without_an_upload(diagnosed, preset, language):
    fields = {name: getattr(preset.request, name) for name in ("example", "seed", "batch_norm")}
    card, spectrum, remarks = VIEW.draw(diagnosed(**fields), preset.request, language)
    assert len(json.loads(card)["cards"]) == 1
    assert "NaN" not in json.dumps(spectrum)
    assert len(spectrum["data"][0]["y"]) == 64
    assert remarks.count("<a ") == 6


def test_before_a_run_there_is_nothing_to_see():
    card, spectrum, remarks = VIEW.draw(None, DiagnoseRequest(), "en")
    assert json.loads(card)["cards"] == spectrum["data"] == []
    assert remarks == ""


def test_the_card_says_the_verdict_its_reason_and_the_numbers(diagnosed):
    card = json.loads(VIEW.draw(diagnosed(example="behind-batch-norm"), DiagnoseRequest(), "en")[0])["cards"][0]
    assert "dimensional collapse" in card["head"]
    assert "as if healthy" in card["head"]
    assert "RankMe" in card["side"]


def test_advice_is_marked_as_what_others_were_told_and_opens_for_a_collapse(diagnosed):
    healthy, collapsed = (
        VIEW.draw(diagnosed(example=name), DiagnoseRequest(), "en")[2] for name in ("healthy", "one-direction")
    )
    assert "it was not tested here" in collapsed
    assert "https://github.com/facebookresearch/simsiam/issues/29" in collapsed
    assert collapsed.count(" open") == healthy.count(" open") + 1


def test_a_visitors_words_are_escaped(diagnosed):
    seen = diagnosed(pasted=LABELLED, label_column=True)
    drawn = "".join(json.loads(VIEW.draw(seen, DiagnoseRequest(), "en")[0])["legend"])
    assert "&lt;b&gt;" in drawn
    assert "<b>" not in drawn


def test_the_hint_of_a_batch_norm_is_remarked(diagnosed):
    remarks = VIEW.draw(diagnosed(pasted=LABELLED, label_column=True), DiagnoseRequest(batch_norm=True), "en")[2]
    assert "only the rank can tell" in remarks


def test_the_spectrum_of_equal_outputs_is_drawn(diagnosed):
    spectrum = VIEW.draw(diagnosed(pasted="1,2,3\n1,2,3"), DiagnoseRequest(), "en")[1]
    assert all(value > 0 for value in spectrum["data"][0]["y"])


def test_the_answer_is_plain_json_without_nan(diagnosed):
    answer = json.loads(json.dumps(VIEW.answer(diagnosed(pasted="1,2\n3,5\n4,-1")), allow_nan=False))
    assert answer["verdict"] in ("healthy", "dimensional collapse")
    assert answer["knn"] is None
    assert answer["rows"] == 3


def test_downloads_hold_the_same_numbers(diagnosed):
    files = VIEW.download(diagnosed(), DiagnoseRequest())
    rank = json.loads(files["diagnosis.json"])["rank"]
    assert f"rank,{rank}" in files["diagnosis.csv"].decode()


def printed(snippet):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(snippet, {})
    return out.getvalue().splitlines()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_the_snippet_of_an_example_prints_its_numbers_and_verdict(diagnosed, preset):
    seen = diagnosed(example=preset.request.example)
    numbers, verdict = printed(VIEW.snippet(preset.request))
    assert float(numbers.split()[1]) == pytest.approx(seen.rank)
    assert verdict == f"{seen.verdict().kind} - {seen.verdict().reason}"


@pytest.mark.parametrize("name", ["my 'z'.npy", "z.csv"])
def test_the_snippet_of_a_file_reads_it(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    z = np.random.default_rng(0).normal(size=(20, 4))
    np.save(name, z) if name.endswith(".npy") else np.savetxt(name, z, delimiter=",")
    numbers, verdict = printed(VIEW.snippet(DiagnoseRequest(embeddings=attached(name, b""), loss=-0.1)))
    assert math.isnan(float(numbers.split()[3]))
    assert verdict.startswith("not converging")
