from __future__ import annotations

import contextlib
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime.errors import InvalidRequest
from playground.runtime.links import decode, encode
from playground.runtime.validation import validate
from playground.tabs.prompting.material import gather, read_lines
from playground.tabs.prompting.presets import PRESETS
from playground.tabs.prompting.request import ENGLISH, PromptingRequest
from playground.tabs.prompting.tasks import Example, load_task

LABELS = ("positive", "negative")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"patterns": "It was [MASK]."}, "has no {text}"),
        ({"patterns": "{text} It was."}, "has no [MASK]"),
        ({"patterns": "{text} [MASK] [MASK]."}, "more than once"),
        ({"patterns": "{text} [MASK]\n" * 7}, "There are 7 patterns"),
        ({"verbalizer": "a: great\nb: great"}, "stands for two labels"),
        ({"verbalizer": "a: great\nb:"}, "has no words"),
        ({"verbalizer": "a: great"}, "only one label"),
        ({"verbalizer": "\n".join(f"l{n}: w{n}" for n in range(101))}, "There are 101 labels"),
        ({"weights": "1; 2"}, "is not a weight"),
        ({"weights": "nan"}, "is not a weight"),
        ({"weights": "0, 0"}, "All weights are zero"),
        ({"texts": "x" * 1_000_000}, "at most 20,000 characters"),
        ({"model": "../../etc"}, "Model"),
        ({"count": 0}, "must be between 8 and 500"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=re.escape(says)):
        validate(PromptingRequest, fields)


@pytest.mark.parametrize(("fields", "says"), [({"patterns": ""}, "pattern is empty"), ({"texts": " \n"}, "no texts")])
def test_own_texts_need_texts_and_a_pattern(fields: dict[str, Any], says: str) -> None:
    request = PromptingRequest(**fields)
    with pytest.raises(InvalidRequest, match=says):
        gather(request, [pattern.template for pattern in request.all_patterns()])


def test_own_texts_need_label_words() -> None:
    with pytest.raises(InvalidRequest, match="no label words"):
        PromptingRequest(verbalizer="").label_words()


def test_more_than_five_hundred_lines_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="There are 501 texts"):
        read_lines("a\n" * 501, LABELS)


def test_a_label_stands_behind_the_last_bar_or_tab() -> None:
    lines = "fine | film | positive\nbad\tnegative\na | b\n\n plain "
    assert read_lines(lines, LABELS) == [
        Example("fine | film", "positive"),
        Example("bad", "negative"),
        Example("a | b", ""),
        Example("plain", ""),
    ]


def test_a_task_lends_test_texts_to_classify_and_training_texts_to_calibrate() -> None:
    material = gather(PromptingRequest(source="mr", count=20, unlabelled=30), LABELS)
    task = load_task("mr")
    train, test = ({example.text for example in part} for part in (task.train, task.test))
    assert (len(material.texts), len(material.unlabelled), len(material.labelled)) == (20, 30, 32)
    assert {*material.texts} <= test
    assert {*material.unlabelled, *material.labelled} <= train
    assert not {*material.unlabelled} & {*material.labelled}


def test_labels_that_the_label_words_do_not_know_count_as_none() -> None:
    assert set(gather(PromptingRequest(source="mr", count=8), ("good", "bad")).gold) == {-1}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_preset_travels_in_a_link_and_stays_on_embedded_models(preset: Any) -> None:
    assert all(model.startswith("zoo/") for model in preset.request.models())
    assert decode(encode(preset.request), {"prompting": PromptingRequest}).request == preset.request


def test_the_first_preset_is_the_request_without_a_word_changed() -> None:
    assert PRESETS[0].request == PromptingRequest()
    assert PromptingRequest().model == ENGLISH


@given(st.text(max_size=300), st.text(max_size=300))
@settings(max_examples=60)
def test_whatever_is_written_is_read_or_refused_with_a_sentence(patterns: str, words: str) -> None:
    with contextlib.suppress(InvalidRequest):
        request = validate(PromptingRequest, {"patterns": patterns, "verbalizer": words})
        assert all(pattern.template.count("[MASK]") == 1 for pattern in request.all_patterns())
        assert len(request.label_words().labels) > 1
