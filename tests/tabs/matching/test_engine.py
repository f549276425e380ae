from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from models.nets import cross_encoder, sentence_vectors
from models.nets.sentence_vectors import SentenceEncoder
from playground.runtime.contracts import Frame
from playground.tabs.matching import reading
from playground.tabs.matching.frames import Aligned, Occluded, Question, Scored
from playground.tabs.matching.methods import method_of, score_pairs
from playground.tabs.matching.reading import bundled_bm25
from playground.tabs.matching.steps import finished
from playground.tabs.matching.trace import Trace

PAIR = {"a": "the film was great", "b": "the plot was boring"}
ENGLISH = ("minilm", "cosent-en", "sbert-en", "angle-en", "mse-en", "cross-en", "words-en", "ngrams", "bm25")


@pytest.fixture(autouse=True)
def in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (cross_encoder, sentence_vectors):
        monkeypatch.setattr(module, "has_bfloat16", lambda: False)


def test_every_method_of_the_language_scores_the_pair(trace_of: Callable[..., Trace]) -> None:
    trace = trace_of(**PAIR)
    assert trace.question is not None
    assert trace.question.methods == ENGLISH
    assert tuple(trace.scored) == ENGLISH


def test_a_chinese_character_chooses_the_chinese_methods(trace_of: Callable[..., Trace]) -> None:
    trace = trace_of(a="酒店很好", b="great")
    assert trace.question is not None
    assert trace.question.language == "zh"
    assert set(trace.scored) == {
        *("bert-zh", "cosent-zh", "sbert-zh", "angle-zh", "mse-zh", "simcse-zh"),
        *("cross-zh", "words-zh", "ngrams", "bm25"),
    }


def test_only_models_of_the_request_are_leased(trace_of: Callable[..., Trace], context: Any) -> None:
    from playground.tabs.matching.request import MatchingRequest

    trace_of(**PAIR)
    assert set(context.leases) == set(MatchingRequest(**PAIR).models())


@pytest.mark.parametrize("id", ["minilm", "cross-en", "words-en", "ngrams"])
def test_a_score_is_the_one_that_a_set_would_get(trace_of: Callable[..., Trace], context: Any, id: str) -> None:
    (expected,) = finished(score_pairs(context, method_of(id), [tuple(PAIR.values())]))  # type: ignore[list-item]
    assert trace_of(**PAIR).scored[id].scores == pytest.approx((expected,), abs=1e-5)


def test_bm25_counts_words_in_the_bundled_sentences(trace_of: Callable[..., Trace]) -> None:
    known = bundled_bm25("en")
    assert known.idf("the") < known.idf("boring")
    assert trace_of(**PAIR).scored["bm25"].scores == (known.score((PAIR["a"], PAIR["b"])),)


def test_tokens_are_aligned_by_the_cosines_of_their_vectors(trace_of: Callable[..., Trace], context: Any) -> None:
    aligned = trace_of(**PAIR).aligned["minilm"]
    assert aligned.first == ("the", "film", "was", "great")
    assert aligned.second == ("the", "plot", "was", "boring")
    encoder = SentenceEncoder(context.bert.model, context.bert.tokenizer)
    _, u = encoder.token_vectors(PAIR["a"])
    _, v = encoder.token_vectors(PAIR["b"])
    expected = torch.cosine_similarity(u[:, None], v[None], dim=2)
    np.testing.assert_allclose(aligned.cosines, expected, atol=1e-5)


def test_a_word_is_fully_like_itself_in_the_word_table(trace_of: Callable[..., Trace]) -> None:
    aligned = trace_of(**PAIR).aligned["words-en"]
    assert aligned.cosines[0, 0] == pytest.approx(1.0, abs=1e-5)


def test_a_words_influence_is_how_far_the_score_falls_without_it(trace_of: Callable[..., Trace], context: Any) -> None:
    trace = trace_of(**PAIR)
    occluded = trace.occluded["cross-en"]
    assert occluded.first == ("", "the", " ", "film", " ", "was", " ", "great", "")
    without = [("the  was great", PAIR["b"]), (PAIR["a"], "the plot was ")]
    scores = finished(score_pairs(context, method_of("cross-en"), without))
    falls = trace.scored["cross-en"].scores[0] - scores
    np.testing.assert_allclose([occluded.first_falls[0, 1], occluded.second_falls[0, 3]], falls, atol=1e-5)


def test_long_texts_are_explained_by_their_beginning(
    trace_of: Callable[..., Trace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_WORDS", 3)
    monkeypatch.setattr(reading, "MOST_TOKENS", 5)
    trace = trace_of(a="great " * 20, b="")
    occluded = trace.occluded["cross-en"]
    assert (occluded.first_falls.shape, occluded.second_falls.shape) == ((1, 3), (1, 0))
    assert trace.aligned["minilm"].cosines.shape == (5, 0)


@pytest.mark.parametrize(
    "pair",
    [("", "great"), ("same", "same"), ("😀 \x00", "ελληνικά"), ("great " * 300, "x" * 2_000)],
    ids=["empty", "identical", "unknown", "long"],
)
def test_odd_texts_get_finite_scores(trace_of: Callable[..., Trace], pair: tuple[str, str]) -> None:
    trace = trace_of(a=pair[0], b=pair[1], language="en")
    assert np.isfinite([scored.scores for scored in trace.scored.values()]).all()


def test_the_same_request_gives_the_same_frames_but_for_the_time(frames_of: Any) -> None:
    for one, other in zip(*(list(frames_of(**PAIR)) for _ in range(2)), strict=True):
        assert type(one) is type(other)
        for name in vars(one).keys() - {"seconds"}:
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_shares_rise_to_one(frames_of: Any) -> None:
    shares = [frame.done for frame in frames_of(**PAIR)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_cancelled_run_ends(frames_of: Any) -> None:
    frames = list(frames_of(until=2, **PAIR))
    assert [type(frame) for frame in frames] == [Question, Scored]


def test_frames_are_of_the_declared_kinds(frames_of: Any) -> None:
    assert {type(frame) for frame in frames_of(**PAIR)} == {Frame, Question, Scored, Aligned, Occluded}
