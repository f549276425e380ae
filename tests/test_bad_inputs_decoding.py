"""Bad requests to the decoding tab over HTTP: each is answered by a sentence or a default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.bad_input_server import FILE, GOOD, SECRET, Server, changed, running_server
from tests.strategies import HOSTILE_TEXTS
from tests.tiny_zoo import CHAT, ENDLESS, TRANSLATOR

SIXTEEN = [f"beam-16+min-new-{n}" for n in range(1, 17)]
TOO_FEW, TOO_MANY = "needs at least 1 entries", "at most 16 entries"
OUT_OF_BOUNDS, UNKNOWN = "must be between", "There is no decoder"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


def cases(fields: dict[str, list[Any]]) -> list[Any]:
    """One test a field and value."""
    pairs = [(field, value) for field, values in fields.items() for value in values]
    return [pytest.param(field, value, id=f"{field}-{ascii(value)[:30]}") for field, value in pairs]


WRONG_TYPES = [None, [], {}, 7, 2.5, "text", True, [[["deep"]]], {"a": {"b": []}}, FILE, [FILE]]


@pytest.mark.parametrize(("field", "value"), cases(dict.fromkeys(GOOD, WRONG_TYPES)))
def test_a_wrong_type_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = server.call(changed(**{field: value}))
    assert answer.is_result or answer.is_sentence


NUMBERS = [
    float("nan"),
    float("inf"),
    float("-inf"),
    -0.0,
    1e308,
    10**30,
    -1,
    0,
    2.7,
    "1e400",
    "0x10",
    "",
    "٣",
    1501,
    2**31,
]


@pytest.mark.parametrize(("field", "value"), cases({"length": NUMBERS, "seed": NUMBERS}))
def test_a_number_out_of_bounds_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = server.call(changed(**{field: value}))
    assert answer.is_result or answer.is_sentence


TEXTS = [
    *HOSTILE_TEXTS,
    "x" * 20_000,
    "x" * 20_001,
    "word " * 4_000,
    "\ud800",
    "é" * 200,
    "$$\\frac{1}{0}$$ # heading **bold**",
    "'; DROP TABLE models; --",
    "[" * 500,
]


@pytest.mark.parametrize(
    ("field", "value"), cases({"prompt": TEXTS, "model": TEXTS, "decoders": [[text] for text in TEXTS]})
)
def test_a_hostile_text_is_a_sentence_or_a_result(server: Server, field: str, value: Any) -> None:
    answer = server.call(changed(**{field: value}))
    assert answer.is_result or answer.is_sentence


PROMPTS = [
    "",
    " ",
    "<eos>",
    "<bos><eos><pad>",
    "\n" * 50,
    "🙂👩‍👩‍👧",
    "\u202eשלום\u202c",
    "\x00",
    "天" * 300,
    "a\nb\nc",
]
MODELS_HERE = ["zoo/rnn-tanh-vanilla", f"zoo/{CHAT}", f"zoo/{TRANSLATOR}", f"zoo/{ENDLESS}"]


@pytest.mark.parametrize("prompt", PROMPTS, ids=[ascii(prompt)[:20] for prompt in PROMPTS])
@pytest.mark.parametrize("model", MODELS_HERE)
def test_any_prompt_can_be_continued_by_any_model(server: Server, model: str, prompt: str) -> None:
    answer = server.call(changed(prompt=prompt, model=model, decoders=["greedy", "nucleus-0.9", "beam-2"]))
    assert answer.is_result
    assert all(row["length"] > 0 for row in answer.content["rows"])


def test_a_prompt_of_100000_characters_is_refused_with_the_limit(server: Server) -> None:
    assert server.call(changed(prompt="x" * 100_000)).content == (
        "Prompt may have at most 20,000 characters: shorten it and run again."
    )


@pytest.mark.parametrize(("model", "kept"), [(MODELS_HERE[0], 512), (MODELS_HERE[1], 64), (MODELS_HERE[2], 512)])
def test_a_prompt_longer_than_the_window_is_cut_and_the_cut_is_told(server: Server, model: str, kept: int) -> None:
    answer = server.call(changed(prompt="word " * 500, model=model, decoders=["greedy"]))
    assert f"the model reads the last {kept}." in answer.content["notes"][0]


@pytest.mark.parametrize("model", MODELS_HERE[1:])
def test_a_model_outside_the_family_has_no_row_trained_to_stop(server: Server, model: str) -> None:
    assert "has no variant trained to stop" in server.call(changed(model=model, decoders=["greedy", "st"])).content


def test_a_model_without_eos_runs_to_the_limit(server: Server) -> None:
    decoders = ["greedy", "consistent-top-k-2", "floor-0.5", "min-new-2", "decay-1-2", "beam-2"]
    answer = server.call(changed(model=f"zoo/{ENDLESS}", decoders=decoders, length=9))
    assert [row["length"] for row in answer.content["rows"]] == [9] * 6


def test_sixteen_beams_of_sixteen_run_on_a_recurrent_model(server: Server) -> None:
    answer = server.call(changed(decoders=SIXTEEN))
    assert [row["decoder"] for row in answer.content["rows"]] == SIXTEEN


def test_sixteen_beams_of_sixteen_are_too_many_for_other_models(server: Server) -> None:
    refused = server.call(changed(model=f"zoo/{CHAT}", decoders=SIXTEEN))
    assert "keep 256 texts at once and this model has room for 64" in refused.content


@pytest.mark.parametrize(
    "branch", [["0:1:5"], ["0:0:2"], ["9:0:5"], ["0:1:99999"], [{"row": 0, "step": 1, "token": 5}]]
)
def test_a_branch_is_taken_or_left_out_with_a_note(server: Server, branch: list[Any]) -> None:
    answer = server.call(changed(branch=branch, length=9))
    assert len(answer.content["forced"]) == 2 or "Left out" in answer.content["notes"][0]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("branch", ["0:1"], "row:step:token"),
        ("branch", ["a:b:c"], "row:step:token"),
        ("branch", ["0:1:5"] * 21, "at most 20 entries"),
        ("branch", ["16:1:5"], OUT_OF_BOUNDS),
        ("branch", [{"row": 0}], "is missing"),
        ("inspect", "0", "row:step"),
        ("inspect", "0:1500", OUT_OF_BOUNDS),
        ("inspect", "\x00:1", "row:step"),
        ("color", "red", "must be one of probability, entropy, repetition"),
    ],
)
def test_a_place_or_color_that_is_none_is_explained(server: Server, field: str, value: Any, reason: str) -> None:
    answer = server.call(changed(**{field: value}))
    assert answer.is_sentence
    assert reason in answer.content


@pytest.mark.parametrize("place", ["0:1", "9:1", "0:1499", {"row": 0, "step": 1}])
def test_any_step_may_be_inspected(server: Server, place: Any) -> None:
    assert server.call(changed(inspect=place, decoders=["top-k-2", "beam-2"])).is_result


DECODERS: list[tuple[list[str], str]] = [
    ([], TOO_FEW),
    (["greedy"] * 17, TOO_MANY),
    ([f"top-k-{k}" for k in range(1, 18)], TOO_MANY),
    (["nucleus-0"], OUT_OF_BOUNDS),
    (["nucleus-1.5"], OUT_OF_BOUNDS),
    (["nucleus-nan"], UNKNOWN),
    (["top-k-0"], OUT_OF_BOUNDS),
    (["top-k-2.5"], "takes a whole number"),
    (["min-p-0"], OUT_OF_BOUNDS),
    (["fixed-entropy-0"], OUT_OF_BOUNDS),
    (["beam-1"], OUT_OF_BOUNDS),
    (["beam-17"], OUT_OF_BOUNDS),
    (["contrastive-4"], UNKNOWN),
    (["diverse-beam-4-3"], "use a divisor of 4"),
    (["no-repeat-0"], OUT_OF_BOUNDS),
    (["greedy+ancestral"], "both choose the token"),
    (["beam-4+nucleus-0.9"], "made for drawing"),
    (["floor-0.01+st-0.01"], "both bound"),
    (["top-k-2+top-k-3"], "stands twice"),
    (["greedy+"], UNKNOWN),
    (["+"], UNKNOWN),
    (["+".join(f"no-repeat-{n}" for n in range(1, 6))], "stands twice"),
    (["top-k--1"], UNKNOWN),
    (["temperature-0"], OUT_OF_BOUNDS),
    (["temperature-1e99"], OUT_OF_BOUNDS),
    (["floor-1"], OUT_OF_BOUNDS),
    (["greedy-4"], UNKNOWN),
    (["beam"], UNKNOWN),
    (["nucleus-0." + "9" * 25], UNKNOWN),
]


@pytest.mark.parametrize(("decoders", "reason"), DECODERS, ids=[ascii(names)[:30] for names, _ in DECODERS])
def test_bad_decoders_are_refused_and_the_reason_said(server: Server, decoders: list[str], reason: str) -> None:
    answer = server.call(changed(decoders=decoders))
    assert answer.is_sentence
    assert reason in answer.content


MODELS = [
    "zoo/none",
    "zoo/../../etc",
    "hub/gpt2",
    "local/x",
    "zoo/",
    "/etc/passwd",
    "https://example.org/model",
]


@pytest.mark.parametrize("model", MODELS)
def test_a_model_that_is_not_here_is_a_sentence(server: Server, model: str) -> None:
    assert server.call(changed(model=model, decoders=["greedy"])).is_sentence


def test_another_model_that_is_here_is_a_result(server: Server) -> None:
    assert server.call(changed(model="zoo/rnn-tanh-st", decoders=["greedy"])).is_result


@pytest.mark.parametrize("model", ["packaged/all-minilm-l6-v2", "hub/bert-base-uncased"])
def test_a_model_for_something_else_is_not_offered(server: Server, model: str) -> None:
    answer = server.call(changed(model=model, decoders=["greedy"]))
    assert answer.content == f"{model} is not offered here: choose one from the list."


# Last, since they look back on all of the above


def test_good_requests_are_still_answered(server: Server) -> None:
    assert server.call(changed(seed=5)).is_result


def test_the_log_holds_neither_tracebacks_nor_a_visitors_text(server: Server) -> None:
    log = server.log.read_text()
    assert "Traceback" not in log
    assert SECRET not in log
