"""The Models page: what it shows, and who may change it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from playground.views import models as module
from playground.views.models import change_model, models_table
from tests.fakes import FakeRegistry, FakeStatus


@dataclass(frozen=True)
class Place:
    """Settings, as far as the page looks at them."""

    is_local: bool


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "settings", lambda: Place(True))


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "settings", lambda: Place(False))


def test_every_entry_has_a_row_with_its_figures() -> None:
    table = models_table(FakeRegistry(), "en", operator=False)
    for shown in ("zoo/abacus", "2.5 MB", "5.0 MB", "apache-2.0", "embedded", "0.25 s", "downloadable"):
        assert shown in table
    assert "Calculator &lt;b&gt;" in table


def test_an_unavailable_model_says_why() -> None:
    registry = FakeRegistry()
    registry.statuses["hub/calculator"] = FakeStatus("unavailable", "The hub does not answer.", False, 0)
    assert "unavailable: The hub does not answer." in models_table(registry, "en", operator=False)


def test_only_the_operator_sees_buttons_and_only_those_that_can_do_something() -> None:
    registry = FakeRegistry()
    assert "data-action" not in models_table(registry, "en", operator=False)
    table = models_table(registry, "en", operator=True)
    assert 'data-action="unload" data-model="zoo/abacus"' in table
    assert 'data-action="pull" data-model="hub/calculator"' in table
    registry.statuses["zoo/abacus"] = FakeStatus(leases=1)
    assert "unload" not in models_table(registry, "en", operator=True)


@pytest.mark.usefixtures("public")
def test_nobody_else_can_change_anything() -> None:
    registry = FakeRegistry()
    assert "Only the person who runs this server" in change_model(registry, "unload", "zoo/abacus", "en")
    assert registry.calls == []


@pytest.mark.usefixtures("local")
def test_the_operator_unloads() -> None:
    registry = FakeRegistry()
    assert change_model(registry, "unload", "zoo/abacus", "en") == ""
    assert registry.calls == [("unload", "zoo/abacus")]


@pytest.mark.usefixtures("local")
def test_a_pull_that_fails_says_why() -> None:
    said = change_model(FakeRegistry(), "pull", "hub/calculator", "en")
    assert "hub/calculator cannot be had" in said


@pytest.mark.usefixtures("local")
@pytest.mark.parametrize(
    ("action", "model"), [("status", "zoo/abacus"), ("pull", "../etc"), ("__init__", "zoo/abacus"), ("None", "None")]
)
def test_other_actions_and_models_are_refused(action: str, model: str) -> None:
    registry = FakeRegistry()
    assert "reload the page" in change_model(registry, action, model, "en")
    assert registry.calls == []
