from __future__ import annotations

import csv
import io
import json

import pytest

from playground.tabs.decoding.measure.figures import scatter_figure, survival_figure, table_html
from playground.tabs.decoding.measure.metrics import wilson_interval
from playground.tabs.decoding.measure.request import MeasureRequest
from playground.tabs.decoding.measure.tab import PRESETS, VIEW
from playground.tabs.decoding.measure.view import Measured, fold
from playground.ui.claims import load_claims

DECODERS = ("greedy", "ancestral", "floor-0.1")


def folded(frames):
    view = None
    for frame in frames:
        view = VIEW.folded(view, frame)
    return view


@pytest.fixture(scope="module")
def measured(measure) -> Measured:
    return folded(measure(decoders=DECODERS))


@pytest.fixture(scope="module")
def under_way(measure) -> Measured:
    from playground.tabs.decoding.measure import engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "WORK", 1)
        start, first, *_ = measure(decoders=DECODERS)
    return fold(fold(None, start), first)


def test_the_table_names_each_decoder_with_its_ratio_and_interval(measured):
    html = table_html(measured, "en")
    for name, endless in zip(DECODERS, measured.result.endless.tolist(), strict=True):
        low, high = wilson_interval(endless, 100)
        assert name in html
        assert f"{endless / 100:.1%}" in html
        assert f"{low:.1%} – {high:.1%}" in html


def test_figures_that_are_not_known_yet_are_left_open(under_way):
    assert under_way.rows()[0]["diversity"] is None
    assert "…" in table_html(under_way, "en")
    assert scatter_figure(under_way, "en")["data"] == []
    assert len(survival_figure(under_way, "en")["data"]) == 3


def test_the_survival_curves_end_in_the_ratios(measured):
    curves = survival_figure(measured, "en")["data"]
    assert [curve["name"] for curve in curves] == list(DECODERS)
    assert [curve["y"][-1] for curve in curves] == [row["ratio"] for row in measured.rows()]


def test_every_decoder_is_one_point_of_entropy_against_repetition(measured):
    points = scatter_figure(measured, "zh")["data"]
    assert [(point["x"][0], point["y"][0]) for point in points] == [
        (row["cross_entropy"], row["seq_rep_4"]) for row in measured.rows()
    ]


def test_nothing_measured_yet_draws_empty_figures():
    assert VIEW.draw(None, MeasureRequest(), "en")[0] == ""
    assert VIEW.draw(None, MeasureRequest(), "en")[1]["data"] == []


def test_notes_stand_above_the_table(measure, gpt2):
    assert "random tokens" in table_html(folded(measure(gpt2, decoders=("greedy",))), "en")


def test_downloads_hold_every_figure(measured):
    files = VIEW.download(measured, MeasureRequest())
    data = json.loads(files["measured.json"])
    assert [row["decoder"] for row in data["rows"]] == list(DECODERS)
    assert data["survival"][0]["running"][0] == 1
    (first, *_) = csv.DictReader(io.StringIO(files["measured.csv"].decode()))
    assert float(first["ratio"]) == data["rows"][0]["ratio"]


def test_the_answer_is_plain_json(under_way):
    assert json.loads(json.dumps(VIEW.answer(under_way)))["limit"] == 20


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_preset_runs_on_embedded_models_alone(preset):
    assert all(model.startswith("zoo/") for model in preset.request.models())


def test_every_claim_that_can_be_measured_again_says_how(measured):
    claims = {claim.id for claim in load_claims(VIEW.folder / "claims.yaml") if claim.measurable}
    assert claims == set(VIEW.measures)
    for measure in VIEW.measures.values():
        assert measure.read(measured).count("%") == 3


@pytest.mark.parametrize("decoders", [("greedy",), ("beam-4", "top-k-2"), ("beam-4",)])
def test_the_snippet_is_python(decoders):
    compile(VIEW.snippet(MeasureRequest(decoders=decoders)), "snippet", "exec")


def test_the_snippet_prints_what_was_measured(capsys):
    exec(VIEW.snippet(MeasureRequest(decoders=("nucleus-0.2",), prefixes=100, length=4)), {})
    ratio, steps = capsys.readouterr().out.split()
    assert 0 < float(ratio) <= 1
    assert 100 <= int(steps) <= 400
