"""What a selector offers, and that nothing else is run."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from playground.runtime.errors import InvalidRequest
from playground.runtime.requests import control
from playground.ui import offered as module
from playground.ui.offered import not_offered, offered_models, require_offered
from tests.fakes import CountRequest, FakeRegistry

MODELS = ("zoo/abacus",)


@pytest.mark.parametrize(
    ("hub", "task", "offered"),
    [
        ("auto", "causal-lm", [("Abacus", "zoo/abacus")]),
        ("off", "causal-lm", [("Abacus", "zoo/abacus")]),
        ("auto", "masked-lm", [("Calculator <b> (hub)", "hub/calculator")]),
        ("off", "masked-lm", []),
        ("auto", ("masked-lm", "causal-lm"), [("Calculator <b> (hub)", "hub/calculator"), ("Abacus", "zoo/abacus")]),
    ],
)
def test_models_of_the_hub_are_marked_and_left_out_where_it_is_turned_off(
    monkeypatch: pytest.MonkeyPatch, hub: str, task: str | tuple[str, ...], offered: list[tuple[str, str]]
) -> None:
    monkeypatch.setattr(module, "settings", lambda: SimpleNamespace(hub=hub))
    assert offered_models(FakeRegistry(), task) == offered


def test_a_model_of_the_list_may_be_run() -> None:
    require_offered(CountRequest(), MODELS)
    assert not_offered(CountRequest(), MODELS) == []


def test_any_other_model_is_refused_by_its_name() -> None:
    asked = CountRequest(model="hub/calculator")
    assert not_offered(asked, MODELS) == ["model"]
    with pytest.raises(InvalidRequest, match=r"^hub/calculator is not offered here: choose one from the list\.$"):
        require_offered(asked, MODELS)


def test_every_model_of_a_selector_for_several_is_looked_at() -> None:
    class SeveralRequest(CountRequest):
        model: tuple[str, ...] = control(("zoo/abacus",), title="Models", help="…", widget="model")

    asked = SeveralRequest(model=("zoo/abacus", "hub/calculator"))
    assert not_offered(SeveralRequest(), MODELS) == []
    with pytest.raises(InvalidRequest, match=r"^hub/calculator is not offered here"):
        require_offered(asked, MODELS)
