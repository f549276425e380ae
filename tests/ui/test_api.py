"""The named endpoint: the request's fields in, plain JSON or a sentence out."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from playground.runtime.contracts import Note
from playground.ui.api import add_endpoint, endpoint
from tests.fakes import CountRequest, FakeRunner, counting

REQUEST = gr.Request(session_hash="client", query_params={}, headers={})
MODELS = ("zoo/abacus",)


def call(runner: FakeRunner, **values: Any) -> dict[str, Any]:
    answer: Callable[..., dict[str, Any]] = endpoint(counting(Path()), runner, MODELS)
    fields = {name: field.default for name, field in CountRequest.model_fields.items()} | values
    return answer(REQUEST, *fields.values())


def test_the_parameters_are_the_requests_fields_with_types_and_defaults() -> None:
    parameters = inspect.signature(endpoint(counting(Path()), FakeRunner(), MODELS)).parameters
    fields = CountRequest.model_fields
    assert list(parameters)[1:] == list(fields)
    assert all(parameters[name].default == field.default for name, field in fields.items())
    assert all(parameters[name].annotation == field.annotation for name, field in fields.items())


def test_an_answer_is_the_tabs_json_and_how_it_was_made() -> None:
    answer = call(FakeRunner(), length=3)
    assert answer["numbers"] == [1, 2, 3]
    assert answer["run"] == {"id": "run-1", "state": "done", "device": "cpu", "remembered": False}


def test_a_remembered_answer_is_not_computed_again() -> None:
    runner = FakeRunner(remembered={CountRequest(length=3)})
    assert call(runner, length=3)["run"]["remembered"] is True
    assert runner.submitted == []


def test_calls_of_one_client_do_not_cancel_each_other_and_leave_nothing() -> None:
    runner = FakeRunner(remembers=False)
    call(runner)
    call(runner)
    sessions = [session for _, session in runner.submitted]
    assert len(set(sessions)) == 2
    assert runner.forgotten == sessions


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"length": 0}, "Length limit must be between 1 and 1,000"),
        ({"length": float("nan")}, "Length limit"),
        ({"text": "x" * 201}, "Prompt may have at most 200 characters"),
        ({"text": None}, "Prompt"),
        ({"loud": [1]}, "Loud must be on or off"),
        ({"model": "hub/calculator"}, "hub/calculator is not offered here"),
    ],
)
def test_bad_values_are_answered_with_a_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(gr.Error) as refused:
        call(FakeRunner(), **values)
    assert sentence in refused.value.message


def test_a_failed_run_is_answered_with_its_sentence() -> None:
    with pytest.raises(gr.Error) as refused:
        call(FakeRunner(failure=Note("The model is away.")))
    assert refused.value.message == "The model is away."


def test_the_endpoint_is_public_and_described() -> None:
    with gr.Blocks(analytics_enabled=False) as page:
        add_endpoint(counting(Path()), FakeRunner(), MODELS)
    (function,) = page.fns.values()
    assert (function.api_name, function.api_visibility) == ("count", "public")
    assert "length: Where to stop." in str(function.api_description)
