from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from playground.runtime.settings import settings
from playground.tabs.decoding.measure import engine, prefixes
from playground.tabs.decoding.measure.frames import MeasureResult
from playground.tabs.decoding.measure.request import MeasureRequest

Measure = Callable[..., list[Any]]


class Context:
    """Leases these models, whatever their names."""

    def __init__(self, models: dict[str, Any], tokenizer: Any) -> None:
        self.models, self.tokenizer, self.cancelled = models, tokenizer, False
        self.leased: list[str] = []

    @contextmanager
    def lease(self, model: str) -> Iterator[Any]:
        self.leased.append(model)
        try:
            yield SimpleNamespace(model=self.models[model], tokenizer=self.tokenizer, device=torch.device("cpu"))
        finally:
            self.leased.remove(model)


@pytest.fixture(scope="session")
def measure(family, tokenizer) -> Measure:
    """All frames of a measurement; `model` stands in for the tiny family."""

    def measure_it(model: Any = None, **fields: Any) -> list[Any]:
        request = MeasureRequest(**{"model": "zoo/tiny-vanilla", "prefixes": 100, "length": 20} | fields)
        models = family if model is None else {request.model: model}
        return list(engine.run(request, Context(models, tokenizer)))

    return measure_it


@pytest.fixture
def few(tmp_path, monkeypatch) -> None:
    """The tiny models bring a few prefixes of their own."""
    (tmp_path / "tiny-vanilla").mkdir()
    texts = ["the sea", "a b c", "the old man sat", "down", "e f g", "and sat there", "went", "h i j"]
    (tmp_path / "tiny-vanilla" / "prefixes.json").write_text(json.dumps(texts), "utf-8")
    monkeypatch.setattr(prefixes, "settings", lambda: settings().model_copy(update={"zoo_dir": tmp_path}))


@pytest.fixture(scope="session")
def figures(measure) -> Callable[..., MeasureResult]:
    """The last frame of a measurement."""
    return lambda *args, **fields: measure(*args, **fields)[-1]
