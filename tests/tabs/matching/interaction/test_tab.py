import contextlib
import csv
import io
import json
from types import SimpleNamespace

import pytest

from playground.runtime import recording
from playground.tabs.matching.interaction import recorded
from playground.tabs.matching.interaction import request as requests
from playground.tabs.matching.interaction.cards import duration, memory
from playground.tabs.matching.interaction.recorded import quality
from playground.tabs.matching.interaction.request import InteractionRequest
from playground.tabs.matching.interaction.tab import MEASURES, PRESETS, VIEW
from playground.tabs.matching.interaction.view import View
from playground.tabs.matching.methods import METHODS, method_of
from playground.ui.claims import load_claims
from tests.tabs.matching.interaction.timings import ENCODER, LETTERS, view_of
from tests.tiny_masked_lm import tiny_bert


def test_the_panel_stands_in_the_matching_tab():
    assert (VIEW.panel_of, VIEW.title, VIEW.api_name) == ("matching", "Interaction", "match_interaction")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_is_drawn_in_both_languages(language):
    marks, lines, table = VIEW.draw(view_of(), InteractionRequest(), language)
    assert len(marks["data"]) >= 2
    assert len(lines["data"]) == 4
    assert table.count("<tr>") == 5


def test_nothing_is_drawn_before_the_first_frame():
    marks, lines, table = VIEW.draw(None, InteractionRequest(), "en")
    assert (marks["data"], lines["data"], table) == ([], [], "")


def test_the_slider_moves_what_keeps_nothing_and_hardly_what_keeps_vectors():
    def right(power, name):
        marks, *_ = VIEW.draw(view_of(), InteractionRequest(power=power), "en")
        return next(mark["x"][0] for mark in marks["data"] if mark.get("name") == name)

    assert InteractionRequest.view_fields() == {"power", "candidates"}
    assert right(4.0, "BM25") / right(1.0, "BM25") == pytest.approx(1000, rel=0.01)
    assert right(4.0, "MiniLM") / right(1.0, "MiniLM") < 1.2


def test_without_a_cross_encoder_there_is_no_second_stage():
    _, lines, table = VIEW.draw(view_of(ENCODER, LETTERS), InteractionRequest(), "en")
    assert len(lines["data"]) == 2
    assert "No cross-encoder" in table


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(2e-5, "20 µs"), (0.0123, "12.3 ms"), (0.5, "500 ms"), (12.0, "12.0 s"), (90.0, "1.5 min"), (7200.0, "2.0 h")],
)
def test_a_time_has_the_unit_that_suits_it(seconds, shown):
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "–"), (12, "12 B"), (1536, "1.5 KiB"), (1536 * 1000, "1.46 MiB"), (1536 * 10**6, "1.43 GiB")],
)
def test_a_size_has_the_unit_that_suits_it(size, shown):
    assert memory(size) == shown


def test_the_recorded_qualities_are_of_the_whole_test_part():
    found = [quality(method.id, method.language) for method in METHODS]
    assert quality("minilm", "en").spearman > quality("bm25", "en").spearman
    assert {each.pairs for each in found if each is not None} == {500}


def test_a_models_own_figure_is_read_from_the_zoo(monkeypatch, tmp_path):
    (tmp_path / "minilm-cosent-en").mkdir()
    (tmp_path / "minilm-cosent-en" / "measured.json").write_text('{"sets": {"stsb-en test": {"spearman": 0.9}}}')
    monkeypatch.setattr(recorded, "settings", lambda: SimpleNamespace(zoo_dir=tmp_path))
    assert recorded.whole_test(method_of("cosent-en"), "en") == 0.9
    assert recorded.whole_test(method_of("cosent-en"), "zh") is None
    assert [recorded.whole_test(method_of(id), "en") for id in ("minilm", "sbert-en", "bm25")] == [None] * 3


def test_downloads_hold_every_method():
    files = VIEW.download(view_of(), InteractionRequest())
    head, *rows = csv.reader(io.StringIO(files["interaction.csv"].decode()))
    assert [row[0] for row in rows] == ["minilm", "cross-en", "bm25"]
    assert [row["method"] for row in json.loads(files["interaction.json"])["rows"]] == ["minilm", "cross-en", "bm25"]
    assert head[0] == "method"


def test_an_answer_is_plain_json():
    assert set(json.loads(json.dumps(VIEW.answer(view_of())))["measured"]) == {"minilm", "cross-en", "bm25"}


def test_claims_can_be_measured_again_and_the_first_preset_is_quick():
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)
    assert MEASURES["price-of-interaction"].read(view_of(LETTERS)) == "bm25 10.0 ms"
    assert MEASURES["price-of-interaction"].read(View()) == ""
    assert PRESETS[0].request.estimate() < 5


def test_the_snippet_runs_as_it_is_shown(monkeypatch):
    tiny = tuple(method for method in METHODS if method.id in ("minilm", "bm25"))
    monkeypatch.setattr(requests, "methods_for", lambda language, available: tiny)
    lender = SimpleNamespace(lease=lambda id: contextlib.nullcontext(tiny_bert()))
    monkeypatch.setattr(recording, "registry", lambda: lender)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(VIEW.snippet(InteractionRequest(repeats=1)), {})
    assert [line.split()[0] for line in out.getvalue().splitlines()] == ["minilm", "bm25"]
