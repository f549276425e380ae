from __future__ import annotations

import pytest

from playground.tabs.matching.train import data
from tests.tabs.matching.train.runs import asked, few_pairs, view_of


@pytest.fixture
def little_data(monkeypatch):
    monkeypatch.setattr(data, "load", few_pairs)


@pytest.fixture(scope="package")
def run():
    """A finished run of three losses."""
    request = asked("softmax", "cosent", "cosine-mse", steps=20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "load", few_pairs)
        return view_of(request), request
