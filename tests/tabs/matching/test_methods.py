from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models.nets import cross_encoder
from models.nets.sentence_vectors import SentenceEncoder
from playground.runtime.errors import Cancelled
from playground.tabs.matching import methods
from playground.tabs.matching.methods import METHODS, method_of, methods_for, score_pairs, word_vectors
from playground.tabs.matching.steps import finished

PAIRS = [("a great film", "a good film"), ("", ""), ("a boring plot", "news of the world"), ("the film", "the film")]


def test_every_method_has_a_name_of_its_own() -> None:
    assert len({method.id for method in METHODS}) == len(METHODS)


def test_a_language_has_its_methods_and_those_of_any() -> None:
    chinese = methods_for("zh", {"zoo/bert-small-zh", "packaged/all-minilm-l6-v2"})
    assert [method.id for method in chinese] == ["bert-zh", "words-zh", "ngrams", "bm25"]


def test_a_method_whose_model_is_not_here_is_not_offered() -> None:
    assert {method.kind for method in methods_for("en", ())} == {"lexical"}


def test_a_model_of_the_zoo_is_here_once_its_card_and_weights_are(tmp_path: Path) -> None:
    folder = tmp_path / "minilm-cosent-en"
    folder.mkdir()
    (folder / "adapter_model.safetensors").touch()
    assert not methods._is_whole(folder)
    (folder / "README.md").touch()
    assert methods._is_whole(folder)
    assert methods._available(tmp_path) == {"zoo/minilm-cosent-en", "packaged/all-minilm-l6-v2"}


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id)
def test_every_method_gives_a_finite_score_a_pair(context: Any, method: Any) -> None:
    if method.kind != "conditional":
        scores = finished(score_pairs(context, method, PAIRS))
        assert scores.shape == (len(PAIRS),)
        assert np.isfinite(scores).all()


@pytest.mark.parametrize("id", ["minilm", "words-en", "ngrams", "bm25"])
def test_nothing_is_more_alike_than_a_text_to_itself(context: Any, id: str) -> None:
    scores = finished(score_pairs(context, method_of(id), PAIRS))
    assert scores.argmax() in (1, 3)
    assert scores[3] == pytest.approx(1.0, abs=1e-5)


def test_a_bi_encoders_score_is_the_cosine_of_its_vectors(context: Any) -> None:
    bert = context.bert
    vectors = SentenceEncoder(bert.model, bert.tokenizer).encode([text for pair in PAIRS for text in pair])
    expected = torch.cosine_similarity(vectors[::2], vectors[1::2])
    np.testing.assert_allclose(finished(score_pairs(context, method_of("minilm"), PAIRS)), expected, atol=1e-5)


def test_a_cross_encoders_score_is_its_logit(context: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cross_encoder, "has_bfloat16", lambda: False)
    cross = context.cross
    rows = [cross.tokenizer(*pair, return_tensors="pt") for pair in PAIRS if all(pair)]
    expected = [float(cross.model(row.input_ids, row.attention_mask)) for row in rows]
    scores = finished(score_pairs(context, method_of("cross-en"), [pair for pair in PAIRS if all(pair)]))
    np.testing.assert_allclose(scores, expected, atol=1e-5)


def test_word_vectors_are_made_once_for_a_model(context: Any) -> None:
    assert word_vectors(context.bert) is word_vectors(context.bert)


@pytest.mark.parametrize("id", ["minilm", "cross-en"])
def test_a_cancelled_run_stops(context: Any, id: str) -> None:
    context.cancelled = True
    with pytest.raises(Cancelled):
        finished(score_pairs(context, method_of(id), [(f"a film {id}", "never read before")], private=True))
