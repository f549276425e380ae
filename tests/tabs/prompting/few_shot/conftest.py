from __future__ import annotations

import pytest

from playground.tabs.prompting.few_shot import engine
from tests.tabs.prompting.few_shot.fakes import FakeMethod


@pytest.fixture
def method(monkeypatch: pytest.MonkeyPatch) -> FakeMethod:
    """A fake in the place of two methods."""
    fake = FakeMethod()
    monkeypatch.setattr(engine, "METHODS", {"linear-probe": fake, "pet": fake})
    return fake


@pytest.fixture
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arithmetic in float32, whatever the processor can do."""
    monkeypatch.setattr("playground.tabs.prompting.masked_lm.has_bfloat16", lambda: False)
