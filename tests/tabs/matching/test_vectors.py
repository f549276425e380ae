from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.nets import sentence_vectors
from models.nets.sentence_vectors import SentenceEncoder
from playground.runtime.errors import Cancelled
from playground.tabs.matching import vectors
from playground.tabs.matching.steps import finished
from playground.tabs.matching.vectors import VectorCache, content_hash, embed

TEXTS = ["a great film", "", "a boring plot", "a great film", "great " * 2_000]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing remembered, and exact arithmetic."""
    monkeypatch.setattr(vectors, "_shared", VectorCache(2**20))
    monkeypatch.setattr(sentence_vectors, "has_bfloat16", lambda: False)


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that an encoder really read."""
    read: list[str] = []
    batches = SentenceEncoder.batches

    def counting(self: Any, texts: Any) -> Any:
        read.extend(texts)
        return batches(self, texts)

    monkeypatch.setattr(SentenceEncoder, "batches", counting)
    return read


def row(value: float) -> np.ndarray[Any, Any]:
    return np.full(4, value, np.float32)  # 16 bytes


def test_cached_or_not_the_vectors_are_the_same(context: Any) -> None:
    bert = context.bert
    expected = SentenceEncoder(bert.model, bert.tokenizer).encode(TEXTS).numpy()
    for _ in range(2):
        np.testing.assert_allclose(finished(embed(context, "zoo/tiny", TEXTS)), expected, atol=1e-5)


def test_a_text_is_read_once(context: Any, encoded: list[str]) -> None:
    finished(embed(context, "zoo/tiny", TEXTS))
    finished(embed(context, "zoo/tiny", [*TEXTS, "new"]))
    assert sorted(encoded) == sorted([*dict.fromkeys(TEXTS), "new"])


def test_another_model_reads_for_itself(context: Any, encoded: list[str]) -> None:
    finished(embed(context, "zoo/tiny", ["a film"]))
    context.bert = context.bert.__class__(context.cross.model.body, context.bert.tokenizer, context.bert.device)
    finished(embed(context, "zoo/other", ["a film"]))
    assert encoded == ["a film", "a film"]


def test_what_a_visitor_uploads_is_remembered_for_nobody_else(
    context: Any, encoded: list[str], tiny: tuple[Any, Any]
) -> None:
    finished(embed(context, "zoo/tiny", ["secret"], private=True))
    finished(embed(context, "zoo/tiny", ["secret"], private=True))
    assert encoded == ["secret"]
    finished(embed(type(context)(*tiny), "zoo/tiny", ["secret"], private=True))
    finished(embed(context, "zoo/tiny", ["secret"]))
    assert encoded == ["secret"] * 3


def test_no_texts_have_no_vectors(context: Any) -> None:
    assert finished(embed(context, "zoo/tiny", [])).shape == (0, 16)


def test_steps_tell_how_many_texts_are_read(context: Any) -> None:
    steps = list(embed(context, "zoo/tiny", ["a film", "a plot"]))
    assert (steps[-1].done, steps[-1].of) == (2, 2)


def test_a_cancelled_run_stops_after_a_batch(context: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SentenceEncoder, "_batch_tokens", lambda self: 8)
    work = embed(context, "zoo/tiny", [f"great {number}" for number in range(8)])
    next(work)
    context.cancelled = True
    with pytest.raises(Cancelled):
        next(work)


def test_half_a_surrogate_pair_has_a_hash() -> None:
    assert content_hash("\ud83d") != content_hash("?")


def test_the_vectors_used_last_stay_within_the_budget() -> None:
    cache, model = VectorCache(48), VectorCache(0)  # any object that can be referred to weakly
    cache.keep(model, {b"a": row(0), b"b": row(1), b"c": row(2)})
    cache.find(model, [b"a"])
    cache.keep(model, {b"d": row(3)})
    assert cache.find(model, [b"a", b"b", b"c", b"d"]).keys() == {b"a", b"c", b"d"}
    assert cache.size == 48


def test_other_models_vectors_give_way_first() -> None:
    cache, old, new = VectorCache(32), VectorCache(0), VectorCache(0)
    cache.keep(old, {b"a": row(0)})
    cache.keep(new, {b"b": row(1), b"c": row(2)})
    assert (cache.find(old, [b"a"]), len(cache.find(new, [b"b", b"c"]))) == ({}, 2)


def test_a_model_takes_its_vectors_with_it() -> None:
    cache, model = VectorCache(64), VectorCache(0)
    cache.keep(model, {b"a": row(0)})
    del model
    assert cache.size == 0
