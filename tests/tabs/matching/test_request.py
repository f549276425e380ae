from __future__ import annotations

import pytest

from playground.runtime.errors import InvalidRequest
from playground.runtime.validation import validate
from playground.tabs.matching.request import LONGEST_TEXT, MatchingRequest


@pytest.mark.parametrize(
    ("a", "language"),
    [("a film", "en"), ("电影", "zh"), ("a film called 电影", "zh"), ("ελληνικά", "en"), ("。", "en")],
)
def test_a_chinese_character_decides_the_language(a: str, language: str) -> None:
    assert MatchingRequest(a=a, b="").read_as() == language


def test_a_chosen_language_stays() -> None:
    assert MatchingRequest(a="电影", language="en").read_as() == "en"


@pytest.mark.parametrize("fields", [{"a": "", "b": " \n"}, {"a": "x" * (LONGEST_TEXT + 1)}, {"language": "fr"}])
def test_what_cannot_be_compared_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        validate(MatchingRequest, fields)


def test_one_empty_text_may_be_compared() -> None:
    assert MatchingRequest(a="", b="great").b == "great"


def test_the_switches_change_only_the_drawing() -> None:
    request = MatchingRequest()
    assert request.with_(criterion="B", aligned="minilm").runs_like(request)
