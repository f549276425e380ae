from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from transformers import pipeline

from playground.runtime.errors import InvalidRequest
from playground.runtime.loaders import Loaded
from playground.tabs.prompting.frames import Answers, Question
from playground.tabs.prompting.trace import Trace

TWO = "{text} It was [MASK].\nJust [MASK]! {text}"
WORDS = {"verbalizer": "positive: great\nnegative: bad"}
TEXTS = "the film was great | positive\nboring plot | negative\na movie"


@pytest.fixture
def answered(trace_of: Callable[..., Trace]) -> Callable[..., Answers]:
    def run(**fields: Any) -> Answers:
        answers = trace_of(**fields).answers
        assert answers is not None
        return answers

    return run


@pytest.mark.usefixtures("in_float32")
def test_zero_shot_is_the_fill_mask_pipeline_restricted_to_the_label_words(answered: Any, bert: Loaded) -> None:
    fill = pipeline("fill-mask", model=bert.model, tokenizer=bert.tokenizer, device="cpu")
    answers = answered(texts=TEXTS, patterns=TWO, **WORDS)
    for row, pattern in zip(answers.before, ("{} It was [MASK].", "Just [MASK]! {}"), strict=True):
        for p, line in zip(row, TEXTS.splitlines(), strict=True):
            given = fill(pattern.format(line.partition(" |")[0]), targets=["great", "bad"])
            by_word = {each["token_str"]: each["score"] for each in given}
            total = sum(by_word.values())
            np.testing.assert_allclose(p, [by_word["great"] / total, by_word["bad"] / total], rtol=1e-4)


def test_pet_is_the_softmax_of_mean_raw_logits(answered: Any, bert: Loaded) -> None:
    answers = answered(texts="the film", patterns="{text} [MASK].", verbalizer="a: great, good\nb: bad, awful, boring")
    assert bert.tokenizer is not None
    ids = bert.tokenizer("the film [MASK].", return_tensors="pt").input_ids
    logits = bert.model(input_ids=ids).logits[0, 3]
    means = [
        logits[bert.tokenizer.convert_tokens_to_ids(words)].mean()
        for words in (["great", "good"], ["bad", "awful", "boring"])
    ]
    np.testing.assert_allclose(answers.before[0, 0], torch.softmax(torch.stack(means), 0), rtol=0.02)


def test_the_question_tells_how_every_word_is_cut(frames_of: Any) -> None:
    question = next(frames_of(verbalizer="a: great, pizza\nb: bad"))
    assert isinstance(question, Question)
    assert question.pieces == ((("great",), ("p", "##i", "##z", "##z", "##a")), (("bad",),))
    assert question.usable == ((True, False), (True,))


def test_a_word_of_several_tokens_is_shown_before_it_is_refused(frames_of: Any) -> None:
    frames = frames_of(verbalizer="a: great, pizza\nb: bad")
    assert isinstance(next(frames), Question)
    with pytest.raises(InvalidRequest, match="“pizza” is 5 tokens"):
        next(frames)


def test_the_ensemble_is_the_softmax_of_the_mean_of_the_patterns_scores(answered: Any) -> None:
    answers = answered(texts=TEXTS, patterns=TWO, **WORDS)
    log_odds = np.log(answers.before[..., 0] / answers.before[..., 1]).mean(axis=0)
    np.testing.assert_allclose(answers.ensemble_before[:, 0], 1 / (1 + np.exp(-log_odds)), rtol=1e-4)


def test_weights_of_ones_own_count(answered: Any) -> None:
    alone = answered(texts=TEXTS, patterns=TWO.splitlines()[1], **WORDS)
    both = answered(texts=TEXTS, patterns=TWO, ensemble="weighted", weights="0, 2", **WORDS)
    np.testing.assert_allclose(both.ensemble_before, alone.before[0], rtol=0.02)
    np.testing.assert_array_equal(both.weights, [0, 1])


def test_too_few_weights_are_refused_before_anything_is_read(frames_of: Any) -> None:
    with pytest.raises(InvalidRequest, match="1 weights for 2 patterns"):
        next(frames_of(patterns=TWO, weights="1"))


def test_accuracy_counts_only_texts_with_a_label(answered: Any) -> None:
    answers = answered(texts=TEXTS, patterns=TWO, **WORDS)
    right = (answers.before[:, :2].argmax(axis=2) == [0, 1]).mean(axis=1)
    np.testing.assert_allclose(answers.accuracy[0, :2], right)


def test_without_labels_there_is_no_accuracy(answered: Any) -> None:
    assert np.isnan(answered(texts="a film\nb", **WORDS).accuracy).all()


def test_own_texts_calibrate_themselves_by_the_median(answered: Any) -> None:
    answers = answered(texts="great film\nbad film\nthe plot\nnot very good", calibration="median", **WORDS)
    assert (answers.ensemble_after.argmax(axis=1) == 0).sum() == 2


@pytest.mark.parametrize("order", ["PET", "OpenPrompt", "sum"])
@pytest.mark.parametrize("calibration", ["content-free", "mean", "median"])
def test_every_order_and_calibration_gives_probabilities(answered: Any, order: str, calibration: str) -> None:
    answers = answered(texts=TEXTS, patterns=TWO, order=order, calibration=calibration)
    for p in (answers.before, answers.after, answers.ensemble_after):
        np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-5)


def test_a_task_is_calibrated_and_weighed_on_texts_of_its_training_part(answered: Any) -> None:
    answers = answered(source="mr", count=8, unlabelled=8, patterns=TWO, ensemble="weighted")
    assert answers.before.shape == (2, 8, 2)
    np.testing.assert_allclose(answers.weights.sum(), 1, rtol=1e-6)
    assert not np.isnan(answers.accuracy).any()


def test_an_empty_pattern_and_empty_words_are_those_of_the_task(frames_of: Any) -> None:
    question = next(frames_of(source="su-sentiment", patterns="", verbalizer="", count=8, unlabelled=8))
    assert len(question.patterns) == 5
    assert question.words == (("不",), ("很",))


def test_words_and_tokens_of_the_texts_are_counted(answered: Any) -> None:
    answers = answered(texts="great great film\nbad", patterns="{text} [MASK]", **WORDS)
    assert answers.word_counts.tolist() == [2, 1]
    assert answers.tokens == 10


def test_long_texts_are_counted_as_cut(answered: Any) -> None:
    assert answered(texts="great " * 300 + "\nbad", **WORDS).cut == 1


def test_the_same_request_gives_the_same_answers(answered: Any) -> None:
    one, other = (answered(texts=TEXTS, patterns=TWO, calibration="mean") for _ in range(2))
    for name, value in vars(one).items():
        np.testing.assert_array_equal(value, getattr(other, name))


def test_a_cancelled_run_gives_no_answers(frames_of: Any) -> None:
    frames = list(frames_of(until=1, texts=TEXTS))
    assert [type(frame).__name__ for frame in frames] == ["Question"]
