from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from playground.runtime.picture_models import picture_model
from playground.runtime.settings import REPOSITORY
from playground.tabs.sampling.critic import engine
from playground.tabs.sampling.critic.request import CriticRequest
from playground.tabs.sampling.critic.view import View, fold


class Context:
    """A context that cancels after so many frames, and keeps the State."""

    def __init__(self, until: int | None = None, resume: Any = None) -> None:
        self.resume, self.saved, self.until, self.seen = resume, None, until, 0

    @property
    def cancelled(self) -> bool:
        return self.until is not None and self.seen >= self.until

    def save(self, state: Any) -> None:
        self.saved = state

    @contextmanager
    def lease(self, model: str) -> Any:
        yield SimpleNamespace(model=picture_model("image-features")(REPOSITORY / "models" / model).eval())


@pytest.fixture(scope="session")
def run() -> Callable[..., list[Any]]:
    """All frames of a run; cancelled once it has given `until` frames."""

    def all_frames(context: Context | None = None, **fields: Any) -> list[Any]:
        context, frames = context or Context(), []
        for frame in engine.run(CriticRequest(**fields), context):
            frames.append(frame)
            context.seen += 1
        return frames

    return all_frames


@pytest.fixture(scope="session")
def view_of(run) -> Callable[..., View]:
    """The view of a run."""

    def folded(**fields: Any) -> View:
        view = View()
        for frame in run(**fields):
            view = fold(view, frame)
        return view

    return folded


@pytest.fixture(scope="session")
def context() -> type[Context]:
    return Context


@pytest.fixture
def draw() -> np.random.Generator:
    return np.random.default_rng(0)
