"""Bad requests to the sampling tab over HTTP: each is answered by a sentence or by pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from playground.tabs.sampling.request import SamplingRequest
from tests.bad_input_server import FILE, Answer, Server, running_server
from tests.strategies import HOSTILE_TEXTS

GOOD = SamplingRequest(pictures=2, model="zoo/nvae-pixelart16").model_dump(mode="json")
FIELDS = [field for field in GOOD if field not in ("scale_2", "scale_3", "scale_4")]  # like scale_1
LONG = ".".join(["0:0x1", "0:1x1"] * 2_000)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


def call(server: Server, **fields: Any) -> Answer:
    return server.call(list((GOOD | fields).values()), "sample")


def shows_pictures(answer: Answer) -> bool:
    return isinstance(answer.content, dict) and len(answer.content["pictures"]) > 0


def cases(fields: dict[str, list[Any]]) -> list[Any]:
    """One test a field and value."""
    pairs = [(field, value) for field, values in fields.items() for value in values]
    return [pytest.param(field, value, id=f"{field}-{ascii(value)[:30]}") for field, value in pairs]


WRONG_TYPES = [None, [], {}, 7, 2.5, "text", True, [[["deep"]]], {"a": {"b": []}}, FILE, [FILE]]
NUMBERS = [float("nan"), float("inf"), -0.0, 1e308, 10**30, -1, "1e400", "0x10", "", "٣", 2**31]
NUMERIC = ("temperature", "keep", "group", "pictures", "seed", "scale_1")
TEXTS = ("mode", "model", "beside", "pixels", "subject", "second", "choosing")


@pytest.mark.parametrize(("field", "value"), cases(dict.fromkeys(FIELDS, WRONG_TYPES)))
def test_a_wrong_type_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = call(server, **{field: value})
    assert answer.is_sentence or shows_pictures(answer)


@pytest.mark.parametrize(("field", "value"), cases(dict.fromkeys(NUMERIC, NUMBERS)))
def test_a_number_out_of_bounds_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = call(server, **{field: value})
    assert answer.is_sentence or shows_pictures(answer)


@pytest.mark.parametrize(("field", "value"), cases({field: [*HOSTILE_TEXTS, LONG] for field in TEXTS}))
def test_a_hostile_text_is_a_sentence(server: Server, field: str, value: Any) -> None:
    assert call(server, **{field: value}).is_sentence


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"temperature": 0.05}, "must be between"),
        ({"pictures": 65}, "must be between"),
        ({"subject": "0:64"}, "must be between"),
        ({"subject": "0:3x0.0:1"}, " "),
        ({"subject": "here"}, "seed:place"),
        ({"moves": ["glasses"]}, "name:amount"),
        ({"moves": ["a:1"] * 4}, "at most 3 entries"),
        ({"mode": "attributes", "moves": ["wings:1"]}, "no direction for wings"),
        ({"from_second": [40]}, " "),
        ({"model": "zoo/rnn-tanh-vanilla"}, "is not offered here"),
        ({"model": "../../etc"}, "is not offered here"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_the_reason(server: Server, fields: dict[str, Any], reason: str) -> None:
    answer = call(server, **fields)
    assert answer.is_sentence
    assert reason in answer.content


@pytest.mark.parametrize("mode", ["sample", "keep", "resample", "mix", "walk", "attributes"])
def test_every_mode_answers_with_pictures(server: Server, mode: str) -> None:
    assert shows_pictures(call(server, mode=mode))
