import contextlib
import csv
import io
import json
from types import SimpleNamespace

import numpy as np
import pytest

from playground.runtime import registry as registries
from playground.tabs.matching.matrix import request as requests
from playground.tabs.matching.matrix.collections import known_answers, load_collection
from playground.tabs.matching.matrix.frames import Corpus, Found, Judged
from playground.tabs.matching.matrix.request import MatrixRequest
from playground.tabs.matching.matrix.tab import MEASURES, PRESETS, VIEW
from playground.tabs.matching.matrix.view import View
from playground.ui.claims import load_claims

CORPUS = Corpus(1.0, "", "zoo/x", "cross-en", ("first", "second"), 0.1, ())
HOSTILE = "<script>alert(1)</script>\n=HYPERLINK(1)\na great film\na good film"


def test_the_panel_stands_in_the_matching_tab():
    assert (VIEW.panel_of, VIEW.title, VIEW.api_name) == ("matching", "Matrix", "match_matrix")


@pytest.mark.parametrize("exhibit", ["matrix", "map", "search"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_exhibit_is_drawn_in_both_languages(view_of, exhibit, language):
    fields = {"pasted": HOSTILE, "exhibit": exhibit}
    figure, cards = VIEW.draw(view_of(**fields), MatrixRequest(**fields), language)
    assert figure["data"]
    assert "<script>" not in cards + json.dumps(figure, default=lambda array: array.tolist())
    assert "&lt;script&gt;" in cards


def test_a_candidate_that_rises_stands_out():
    texts, cosines = ("first", "second"), np.array([0.9, 0.8], np.float32)
    found = Found(1.0, "q", np.array([4, 7]), texts, cosines, np.array([-1.0, 2.0]), (0.0, 0.0, 0.0))
    figure, cards = VIEW.draw(View(corpus=CORPUS, found=found), MatrixRequest(exhibit="search"), "en")
    assert [line["y"] for line in figure["data"]] == [[1, 2], [2, 1]]
    assert figure["data"][1]["line"]["color"] == "var(--accent)"
    assert cards.index("second") < cards.index("first")


def test_both_orders_are_judged_by_the_rank_of_the_first_answer():
    judged = [Judged(1.0, "q", np.array(ranks), np.zeros(2)) for ranks in ([1, 1], [2, 1], [0, 4])]
    view = View(corpus=CORPUS, judged=judged)
    encoder, cross = view.qualities()
    assert (encoder.first, encoder.reciprocal_rank) == pytest.approx((1 / 3, 1.5 / 3))
    assert (cross.first, cross.reciprocal_rank) == pytest.approx((2 / 3, 2.25 / 3))
    figure, cards = VIEW.draw(view, MatrixRequest(exhibit="quality"), "en")
    assert [line["y"][-1] for line in figure["data"]] == [0.5, 0.75]
    assert "3 queries so far" in cards
    assert VIEW.download(view, MatrixRequest(exhibit="quality"))["quality.csv"].decode().splitlines()[1] == "q,1,1"


def test_nothing_is_drawn_before_the_first_frame():
    figure, cards = VIEW.draw(None, MatrixRequest(), "en")
    assert (figure["data"], cards) == ([], "")


def test_the_sliders_draw_again_without_a_run(view_of):
    view = view_of()
    assert {"duplicate", "cluster"} <= MatrixRequest.view_fields()
    assert len(view.duplicates(0.3)) > len(view.duplicates(1.0))
    assert len(set(view.clusters(1.0).tolist())) > len(set(view.clusters(0.0).tolist()))
    outlined = [len(VIEW.draw(view, MatrixRequest(cluster=at), "en")[0]["layout"]["shapes"]) for at in (0.0, 1.0)]
    assert outlined == [1, 0]


def test_outliers_are_furthest_from_their_nearest(view_of):
    view = view_of()
    cosines = [pair.cosine for pair in view.outliers()]
    assert cosines == sorted(view.compared.cosines.tolist())[:5]


@pytest.mark.parametrize("exhibit", ["matrix", "map", "search"])
def test_downloads_hold_every_text_and_no_formula(view_of, exhibit):
    fields = {"pasted": HOSTILE, "exhibit": exhibit}
    files = VIEW.download(view_of(**fields), MatrixRequest(**fields))
    told, table = files[f"{exhibit}.json"], files[f"{exhibit}.csv"]
    assert "pasted" not in json.loads(told)["request"]
    head, *rows = csv.reader(io.StringIO(table.decode()))
    assert {row[head.index("text")] for row in rows} == {*HOSTILE.split("\n"), "'=HYPERLINK(1)"} - {"=HYPERLINK(1)"}


def test_an_answer_is_plain_json(view_of):
    told = json.loads(json.dumps(VIEW.answer(view_of(exhibit="search"))))
    assert [row["rank"] for row in told["answers"]] == [1, 2, 3, 4, 5, 6]
    assert VIEW.answer(View())["answers"] == []


def test_the_first_preset_is_quick_and_claims_can_be_measured_again():
    assert PRESETS[0].request.estimate() < 1
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)
    assert MEASURES["two-stages"].read(View()) == ""


def test_bundled_texts_are_read_by_an_encoder_of_their_language(monkeypatch):
    have = {"packaged/all-minilm-l6-v2", "zoo/bert-small-zh"}
    monkeypatch.setattr(requests, "available_models", lambda: frozenset(have))
    asked = MatrixRequest(collection="messages-zh")
    assert asked.encoder() == "zoo/bert-small-zh"
    assert asked.with_(pasted="你好\n再见").encoder() == "packaged/all-minilm-l6-v2"
    have.add("zoo/bert-small-cosent-zh")
    assert asked.encoder() == "zoo/bert-small-cosent-zh"
    assert asked.with_(model="zoo/bert-small-sbert-zh").encoder() == "zoo/bert-small-sbert-zh"


def test_the_re_ranker_is_the_cross_encoder_of_the_language(monkeypatch):
    monkeypatch.setattr(requests, "available_models", lambda: frozenset({"zoo/minilm-cross-en"}))
    assert MatrixRequest(exhibit="search").models()[1:] == ("zoo/minilm-cross-en",)
    assert MatrixRequest(exhibit="search", collection="messages-zh").reranker() is None
    assert MatrixRequest(exhibit="search", rerank=False).reranker() is None


@pytest.mark.parametrize("collection", ["messages-en", "messages-zh", "stsb-en", "stsb-zh"])
def test_bundled_texts_are_there_each_once(collection):
    texts = load_collection(collection)
    assert len(set(texts)) == len(texts) >= 40


def test_answers_are_among_the_texts_and_mutual():
    answers, texts = known_answers("stsb-en"), set(load_collection("stsb-en"))
    assert len(answers) >= 200
    assert all(text in answers[other] and other in texts for text, others in answers.items() for other in others)


@pytest.mark.parametrize(
    "fields", [{}, {"exhibit": "map"}, {"exhibit": "map", "projection": "PCA"}, {"exhibit": "search"}]
)
def test_the_snippet_runs_as_it_is_shown(fields, bert, monkeypatch, tmp_path):
    lender = SimpleNamespace(lease=lambda id: contextlib.nullcontext(bert))
    monkeypatch.setattr(registries, "registry", lambda: lender)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(VIEW.snippet(MatrixRequest(**fields)), {})
    assert len(out.getvalue().splitlines()) == (20 if fields.get("exhibit") == "search" else 40)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts.txt").write_text("a film\na plot\nthe news\n")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(VIEW.snippet(MatrixRequest(pasted="a film", **fields)), {})
    assert len(out.getvalue().splitlines()) == 3
