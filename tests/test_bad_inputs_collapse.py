"""Bad requests to the collapse tab over HTTP: each is answered by a sentence or a default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from playground.tabs.collapse.request import CollapseRequest
from tests.bad_input_server import FILE, Server, running_server
from tests.strategies import HOSTILE_TEXTS

GOOD = CollapseRequest(dimension=3, batch=16, steps=2).model_dump(mode="json")
VARIANT = {"dimension": 3, "predictor": "none"}
MOST = {"dimension": 256, "batch": 512, "layers": 3}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


def call(server: Server, **fields: Any) -> Any:
    return server.call(list((GOOD | fields).values()), "collapse")


def cases(fields: dict[str, list[Any]]) -> list[Any]:
    """One test a field and value."""
    pairs = [(field, value) for field, values in fields.items() for value in values]
    return [pytest.param(field, value, id=f"{field}-{ascii(value)[:30]}") for field, value in pairs]


WRONG_TYPES = [None, [], {}, 7, 2.5, "text", True, [[["deep"]]], {"a": {"b": []}}, FILE, [FILE]]


@pytest.mark.parametrize(("field", "value"), cases(dict.fromkeys(GOOD, WRONG_TYPES)))
def test_a_wrong_type_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = call(server, **{field: value})
    assert answer.is_result or answer.is_sentence


NAN, INFINITY = float("nan"), float("inf")
NUMBERS = [NAN, INFINITY, -INFINITY, -0.0, 1e308, 10**30, -1, "1e400", "0x10", "", "٣", 2**31]
NUMERIC = ("dimension", "learning_rate", "predictor_rate", "weight_decay", "batch", "noise", "every", "seed", "moment")


@pytest.mark.parametrize(("field", "value"), cases(dict.fromkeys(NUMERIC, NUMBERS)))
def test_a_number_out_of_bounds_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = call(server, **{field: value})
    assert answer.is_result or answer.is_sentence


@pytest.mark.parametrize(
    ("field", "value"),
    cases(dict.fromkeys(("data", "predictor", "batch_norm", "target", "metric", "speed"), HOSTILE_TEXTS)),
)
def test_a_hostile_text_is_a_sentence_or_one_of_the_choices(server: Server, field: str, value: Any) -> None:
    answer = call(server, **{field: value})
    assert answer.is_sentence or (answer.is_result and value == "none")


@pytest.mark.parametrize("rate", [1e9, 1e6])
def test_a_rate_beyond_reason_stops_the_run_says_which_variant_and_keeps_the_rows(server: Server, rate: float) -> None:
    beside = [VARIANT | {"learning_rate": rate, "batch_norm": "none"}]
    answer = call(server, steps=60, beside=beside, weight_decay=0.0001)
    assert answer.is_result
    assert answer.content["failure"]["variant"] == 1
    assert answer.content["failure"]["learning_rate"] == rate


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"data": "upload"}, "zip"),
        ({"data": "rings", "points": [[0, 0]]}, "at least 3 points"),
        ({"data": "rings", "points": [[0, 0]] * 201}, "at most 200 entries"),
        ({"data": "rings", "points": [[101, 0]]}, "Your points"),
        ({"data": "rings", "points": [[0, 0, 0]]}, " "),
        ({"beside": [VARIANT] * 4}, "at most 3 entries"),
        ({"beside": [{"dimension": 1}]}, "must be between"),
        ({"beside": [{"colour": "red"}]}, " "),
        ({"schedule": ["1:0:dimension=4"]}, "must be one of"),
        ({"schedule": ["1:0:stop_gradient=maybe"]}, " "),
        ({"schedule": ["1:1:stop_gradient=off"]}, "does not exist"),
        ({"schedule": ["2:0:predictor=none", "1:0:predictor=mlp"]}, "order of its steps"),
        ({"schedule": ["1:0:predictor=none"] * 101}, "at most 100 entries"),
        ({"schedule": ["nonsense"]}, " "),
        ({"schedule": ["1:0:learning_rate=nan"]}, " "),
        ({"steps": 20_001}, "must be between"),
        ({"batch": 8}, "must be between"),
    ],
    ids=str,
)
def test_what_cannot_be_trained_is_explained(server: Server, fields: dict[str, Any], reason: str) -> None:
    answer = call(server, **fields)
    assert answer.is_sentence
    assert reason in answer.content


@pytest.mark.parametrize(
    "fields",
    [
        {"steps": 0},
        {"noise": 0},
        {"learning_rate": 0},
        {"weight_decay": 1},
        {"data": "rings"},
        {"data": "rings", "dimension": 256},
        {"data": "pixel-art"},
        {"data": "fashion-mnist"},
        {"dimension": 2},
        {"dimension": 256, "batch": 16},
        {"alternation": 100},
        {"target": "byol", "stop_gradient": False},
        {"target": "unaugmented", "predictor": "directpred", "symmetric": False},
        {"batch_norm": "predictor-output", "predictor": "random"},
        {"schedule": ["0:0:predictor=none", "1:0:batch_norm=none", "1:0:learning_rate=0"]},
        {"beside": [VARIANT, VARIANT, {"target": "byol"}], **MOST},
    ],
    ids=str,
)
def test_whatever_the_controls_allow_is_trained(server: Server, fields: dict[str, Any]) -> None:
    assert call(server, **fields).is_result


# Last, since they look back on all of the above


def test_good_requests_are_still_answered(server: Server) -> None:
    assert call(server, seed=5).is_result


def test_the_log_holds_no_tracebacks(server: Server) -> None:
    log = server.log.read_text()
    assert "Traceback" not in log
    assert "a handler failed" not in log
