"""Bad requests and hostile files to the panel of labelled pairs, over HTTP: each is answered in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.bad_input_server import FILE, SECRET, Answer, Server, running_server
from tests.strategies import HOSTILE_TEXTS
from tests.tabs.matching.set.fakes import MINE, asked

GOOD = asked(pasted=MINE).model_dump()
WRONG_TYPES = [None, [], {}, 7, "text", True, {"a": {"b": []}}, FILE]
NUMBERS = [float("nan"), float("inf"), 1e308, -1, "1e400", "", 2**31]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


def call(server: Server, **fields: Any) -> Answer:
    return server.call(list((GOOD | fields).values()), "match_set")


def uploaded(server: Server, data: bytes, name: str = "mine.csv") -> Answer:
    (path,) = server.client.post("gradio_api/upload", files={"files": (name, data)}).json()
    file = {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}
    return call(server, pasted="", file=file)


def answers(answer: Answer) -> bool:
    return isinstance(answer.content, dict) and "ngrams" in answer.content["methods"]


def cases(fields: dict[str, list[Any]]) -> list[Any]:
    """One test a field and value."""
    pairs = [(field, value) for field, values in fields.items() for value in values]
    return [pytest.param(field, value, id=f"{field}-{ascii(value)[:30]}") for field, value in pairs]


def test_what_is_asked_well_is_answered(server: Server) -> None:
    assert answers(call(server))
    assert answers(uploaded(server, MINE.encode()))


@pytest.mark.parametrize(("field", "value"), cases(dict.fromkeys(GOOD, WRONG_TYPES)))
def test_a_wrong_type_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = call(server, **{field: value})
    assert answer.is_sentence or isinstance(answer.content, dict)


@pytest.mark.parametrize(
    ("field", "value"), cases(dict.fromkeys(("ratio", "alike", "count", "resamples", "seed"), NUMBERS))
)
def test_a_number_out_of_bounds_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = call(server, **{field: value})
    assert answer.is_sentence or answers(answer)


@pytest.mark.parametrize("value", HOSTILE_TEXTS, ids=lambda value: ascii(value)[:30])
def test_a_hostile_text_is_refused_in_a_sentence(server: Server, value: str) -> None:
    answer = call(server, pasted=value)
    assert answer.is_sentence or answers(answer)  # nothing pasted is the bundled set


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a,b,label\nx,y\n", "Line 2 of mine.csv has 2 entries"),
        (b"a,b,label\nx,y,maybe\n", "is labelled"),
        (b"a,b,label\nx,y,1\nx,z,1\n", "All pairs of mine.csv are labelled 1"),
        (b"a,b,label,label\nx,y,1,1\n", "two columns named"),
        (b"label,score\n1,nan\n0,1\n", "is no number"),
        (b"\xff\xfe\x00", "is no text"),
        ("a,b,label\n" + "".join(f"{n},y,{n % 2}\n" for n in range(30_000)), "more than 20,000 pairs"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(server: Server, data: bytes | str, reason: str) -> None:
    answer = uploaded(server, data.encode() if isinstance(data, str) else data)
    assert answer.is_sentence
    assert reason in answer.content


@pytest.mark.parametrize(
    "data",
    [b"a,b,label\n" + b"x,y,1\n" * 1_000_000, b'a,b,label\n"' + b"x" * 100 * 2**20 + b'",y,1\n'],
    ids=["a million rows", "a cell of 100 MB"],
)
def test_a_file_over_the_limit_is_refused_before_it_is_read(server: Server, data: bytes) -> None:
    assert server.client.post("gradio_api/upload", files={"files": ("mine.csv", data)}).status_code == 413


def test_texts_that_are_empty_or_the_same_are_said_to_be(server: Server) -> None:
    answer = call(server, pasted=f"{MINE}x,,1\nsame,same,1\n")
    assert answer.content["notes"] == [
        "1 pairs of which a text or the label is missing were left out.",
        "1 pairs hold the same text twice.",
    ]


def test_nothing_that_was_brought_is_logged_or_remembered(server: Server) -> None:
    rows = MINE.replace("the cat", SECRET)
    assert answers(call(server, pasted=rows))
    assert answers(uploaded(server, rows.encode()))
    assert SECRET not in server.log.read_text()
    cached = [path for path in (server.log.parent / "cache").rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in path.read_bytes() for path in cached)
