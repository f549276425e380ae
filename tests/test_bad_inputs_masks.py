"""Bad requests to the panels that fill in masks and score tokens, over HTTP: each is a sentence or an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from playground.runtime.requests import TabRequest
from playground.tabs.prompting.fill.request import FillRequest
from playground.tabs.prompting.t_ta.request import TTARequest
from tests.bad_input_server import FILE, Answer, Server, running_server
from tests.strategies import HOSTILE_TEXTS

GOOD: dict[str, TabRequest] = {
    "fill": FillRequest(text="it was [MASK].", words="great, bad"),
    "t_ta": TTARequest(text="it was great", sentences=4),
}
WRONG_TYPES = [None, [], {"a": {"b": []}}, 7, FILE]
NUMBERS = [float("nan"), 1e308, -1, "1e400"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


def call(server: Server, panel: str, **fields: Any) -> Answer:
    return server.call(list((GOOD[panel].model_dump(mode="json") | fields).values()), panel)


def answers(answer: Answer) -> bool:
    return isinstance(answer.content, dict) and answer.content["run"]["state"] == "done"


def cases(values: list[Any], **fields: tuple[str, ...]) -> list[Any]:
    """One test a panel, field and value."""
    return [
        pytest.param(panel, field, value, id=f"{panel}-{field}-{ascii(value)[:30]}")
        for panel, names in fields.items()
        for field in names
        for value in values
    ]


EVERY_FIELD = {panel: tuple(type(request).model_fields) for panel, request in GOOD.items()}
TEXTS = {"fill": ("text", "words"), "t_ta": ("text",)}


@pytest.mark.parametrize("panel", GOOD)
def test_what_is_asked_well_is_answered(server: Server, panel: str) -> None:
    assert answers(call(server, panel))


@pytest.mark.parametrize(("panel", "field", "value"), cases(WRONG_TYPES, **EVERY_FIELD))
def test_a_wrong_type_is_a_sentence_or_a_default(server: Server, panel: str, field: str, value: Any) -> None:
    answer = call(server, panel, **{field: value})
    assert answer.is_sentence or answers(answer)


@pytest.mark.parametrize(("panel", "field", "value"), cases(NUMBERS, fill=("gap", "top"), t_ta=("sentences", "seed")))
def test_a_number_out_of_bounds_is_a_sentence_or_a_default(server: Server, panel: str, field: str, value: Any) -> None:
    answer = call(server, panel, **{field: value})
    assert answer.is_sentence or answers(answer)


@pytest.mark.parametrize(("panel", "field", "value"), cases(list(HOSTILE_TEXTS), **TEXTS))
def test_a_hostile_text_is_a_sentence_or_read_as_text(server: Server, panel: str, field: str, value: Any) -> None:
    answer = call(server, panel, **{field: value})
    assert answer.is_sentence or answers(answer)


def test_a_megabyte_is_a_sentence(server: Server) -> None:
    assert call(server, "fill", text="[MASK] " * 150_000).is_sentence
    assert call(server, "t_ta", text="great " * 170_000).is_sentence
