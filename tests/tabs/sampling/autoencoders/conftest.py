from __future__ import annotations

import pytest

from playground.tabs.sampling import data
from tests.tabs.sampling.autoencoders.runs import asked, few_digits, view_of


@pytest.fixture
def little_data(monkeypatch):
    monkeypatch.setattr(data, "load", lambda name: few_digits())


@pytest.fixture(scope="package")
def run():
    """A finished run of three treatments, whose codes have two numbers."""
    request = asked("ae", "aebn", "eae", latents=2, steps=20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "load", lambda name: few_digits())
        return view_of(request), request
