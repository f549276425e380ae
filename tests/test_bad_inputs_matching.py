"""Bad requests to the matching tab over HTTP: each is answered by a sentence or by answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from playground.tabs.matching.request import MatchingRequest
from tests.bad_input_server import FILE, Answer, Server, running_server
from tests.strategies import HOSTILE_TEXTS

GOOD = MatchingRequest(a="great", b="bad film").model_dump()
WRONG_TYPES = [None, [], {}, 7, "text", True, {"a": {"b": []}}, FILE]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


def call(server: Server, **fields: Any) -> Answer:
    return server.call(list((GOOD | fields).values()), "match")


def answers(answer: Answer) -> bool:
    return isinstance(answer.content, dict) and len(answer.content["methods"]) > 0


def test_what_is_asked_well_is_answered(server: Server) -> None:
    assert answers(call(server))


@pytest.mark.parametrize("field", GOOD)
@pytest.mark.parametrize("value", WRONG_TYPES, ids=lambda value: ascii(value)[:30])
def test_a_wrong_type_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = call(server, **{field: value})
    assert answer.is_sentence or answers(answer)


@pytest.mark.parametrize("value", HOSTILE_TEXTS, ids=lambda value: ascii(value)[:30])
def test_a_hostile_text_is_a_sentence_or_read_as_text(server: Server, value: str) -> None:
    answer = call(server, a=value)
    assert answer.is_sentence or answers(answer)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"a": "", "b": "\n \t"}, "Write something"),
        ({"a": "x" * 3_000}, "2,000 characters"),
        ({"b": "x" * 1_000_000}, "The request is larger"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_what_cannot_be_is_refused_with_the_reason(server: Server, fields: dict[str, Any], reason: str) -> None:
    answer = call(server, **fields)
    assert answer.is_sentence
    assert reason in answer.content
