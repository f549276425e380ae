"""Bad requests to the prompting tab over HTTP: each is answered by a sentence or by answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from playground.tabs.prompting.request import PromptingRequest
from tests.bad_input_server import FILE, Answer, Server, running_server
from tests.strategies import HOSTILE_TEXTS

GOOD = PromptingRequest(texts="great\nbad film", verbalizer="a: great\nb: bad", count=8, unlabelled=8).model_dump()
WRONG_TYPES = [None, [], {}, 7, "text", True, {"a": {"b": []}}, FILE]
NUMBERS = [float("nan"), float("inf"), 1e308, -1, "1e400", "", 2**31]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


def call(server: Server, **fields: Any) -> Answer:
    return server.call(list((GOOD | fields).values()), "prompt")


def answers(answer: Answer) -> bool:
    return isinstance(answer.content, dict) and len(answer.content["texts"]) > 0


def cases(fields: dict[str, list[Any]]) -> list[Any]:
    """One test a field and value."""
    pairs = [(field, value) for field, values in fields.items() for value in values]
    return [pytest.param(field, value, id=f"{field}-{ascii(value)[:30]}") for field, value in pairs]


def test_what_is_asked_well_is_answered(server: Server) -> None:
    assert answers(call(server))


@pytest.mark.parametrize(("field", "value"), cases(dict.fromkeys(GOOD, WRONG_TYPES)))
def test_a_wrong_type_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = call(server, **{field: value})
    assert answer.is_sentence or answers(answer)


@pytest.mark.parametrize(("field", "value"), cases(dict.fromkeys(("count", "unlabelled"), NUMBERS)))
def test_a_number_out_of_bounds_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = call(server, **{field: value})
    assert answer.is_sentence or answers(answer)


@pytest.mark.parametrize(
    ("field", "value"), cases(dict.fromkeys(("texts", "patterns", "verbalizer", "weights", "model"), HOSTILE_TEXTS))
)
def test_a_hostile_text_is_a_sentence_or_read_as_text(server: Server, field: str, value: Any) -> None:
    answer = call(server, **{field: value})
    assert answer.is_sentence or (field in ("texts", "weights") and answers(answer))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"patterns": "{text} It was."}, "has no [MASK]"),
        ({"patterns": "{text} [MASK] [MASK]"}, "more than once"),
        ({"patterns": "[MASK]"}, "has no {text}"),
        ({"patterns": ""}, "The pattern is empty"),
        ({"verbalizer": ""}, "There are no label words"),
        ({"verbalizer": "a: great\nb: great"}, "stands for two labels"),
        ({"verbalizer": "a: great\nb: unwatchable"}, "tokens to this model"),
        ({"verbalizer": "a: great\nb:"}, "has no words"),
        ({"verbalizer": "\n".join(f"l{n}: w{n}" for n in range(101))}, "at most 100"),
        ({"texts": ""}, "There are no texts"),
        ({"texts": "x" * 30_000}, "20,000 characters"),
        ({"texts": "x" * 1_000_000}, "The request is larger"),
        ({"texts": "a\n" * 600}, "There are 600 texts"),
        ({"model": "zoo/rnn-tanh-vanilla"}, "is not offered here"),
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_what_cannot_be_is_refused_with_the_reason(server: Server, fields: dict[str, Any], reason: str) -> None:
    answer = call(server, **fields)
    assert answer.is_sentence
    assert reason in answer.content
