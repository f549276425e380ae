"""Bad requests and hostile files to the panels Matrix and Interaction, over HTTP: each is answered in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from playground.tabs.matching.interaction.request import InteractionRequest
from playground.tabs.matching.matrix.request import MatrixRequest
from tests.bad_input_server import FILE, SECRET, Answer, Server, running_server
from tests.strategies import HOSTILE_TEXTS

GOOD = MatrixRequest(pasted="a good film\na great film\na boring plot", exhibit="search").model_dump()
TIMED = InteractionRequest(repeats=1).model_dump()
WRONG_TYPES = [None, [], {}, 7, True, FILE]
NUMBERS = [float("nan"), float("inf"), -1, "1e400", 2**31]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


def call(server: Server, **fields: Any) -> Answer:
    return server.call(list((GOOD | fields).values()), "match_matrix")


def uploaded(server: Server, data: bytes, name: str = "mine.csv", **fields: Any) -> Answer:
    (path,) = server.client.post("gradio_api/upload", files={"files": (name, data)}).json()
    file = {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}
    return call(server, **({"pasted": "", "texts": file} | fields))


def answers(answer: Answer) -> bool:
    return isinstance(answer.content, dict) and len(answer.content["answers"]) > 0


def cases(fields: dict[str, list[Any]]) -> list[Any]:
    """One test a field and value."""
    pairs = [(field, value) for field, values in fields.items() for value in values]
    return [pytest.param(field, value, id=f"{field}-{ascii(value)[:30]}") for field, value in pairs]


def test_what_is_asked_well_is_answered(server: Server) -> None:
    assert answers(call(server))
    assert answers(uploaded(server, b"text\na film\na plot\n"))


@pytest.mark.parametrize(("field", "value"), cases(dict.fromkeys(GOOD, WRONG_TYPES)))
def test_a_wrong_type_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = call(server, **{field: value})
    assert answer.is_sentence or isinstance(answer.content, dict)


@pytest.mark.parametrize(
    ("field", "value"), cases(dict.fromkeys(("duplicate", "cluster", "candidates", "perplexity", "seed"), NUMBERS))
)
def test_a_number_out_of_bounds_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = call(server, **{field: value})
    assert answer.is_sentence or answers(answer)


@pytest.mark.parametrize(("field", "value"), cases(dict.fromkeys(("query", "pasted", "model"), HOSTILE_TEXTS)))
def test_a_hostile_text_is_a_sentence_or_read_as_text(server: Server, field: str, value: Any) -> None:
    answer = call(server, **{field: value})
    assert answer.is_sentence or answers(answer)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "holds no text"),
        (b"\x89PNG\0\0\0", "is no text"),
        (b"one,two\n1,2\n", "name the one that counts"),
        (b"text,text\n1,2\n", "several columns"),
        (b'text\n"never closed\n', "quotation mark"),
        (b"x\n" * 100_001, "more than 100,000 texts"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_hostile_file_is_refused_with_the_reason(server: Server, data: bytes, reason: str) -> None:
    answer = uploaded(server, data)
    assert answer.is_sentence
    assert reason in answer.content


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"query": " "}, "The query is empty"),
        ({"exhibit": "matrix", "pasted": "only one"}, "only one text"),
        ({"exhibit": "quality"}, "choose stsb-en"),
        ({"pasted": "x" * 300_000}, "upload it as a file"),
        ({"model": "zoo/rnn-tanh-vanilla"}, "is not offered here"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_what_cannot_be_is_refused_with_the_reason(server: Server, fields: dict[str, Any], reason: str) -> None:
    answer = call(server, **fields)
    assert answer.is_sentence
    assert reason in answer.content


@pytest.mark.parametrize("exhibit", ["matrix", "map", "search"])
def test_equal_and_odd_texts_are_answered(server: Server, exhibit: str) -> None:
    answer = uploaded(server, "a film\na film\na film\n\n🙂\n.\n".encode(), "mine.txt", exhibit=exhibit)
    assert isinstance(answer.content, dict)
    assert answer.content["count"] == 5


def test_no_file_of_a_visitor_reaches_the_log(server: Server) -> None:
    assert answers(uploaded(server, f"text\n{SECRET}\n".encode(), f"{SECRET}.csv"))
    assert SECRET not in server.log.read_text("utf-8")


@pytest.mark.parametrize(("field", "value"), cases(dict.fromkeys(TIMED, WRONG_TYPES)))
def test_the_panel_of_times_answers_or_says_what_is_wrong(server: Server, field: str, value: Any) -> None:
    answer = server.call(list((TIMED | {field: value}).values()), "match_interaction")
    assert answer.is_sentence or isinstance(answer.content, dict)
