"""Few-shot methods that need no model, and a context that lends none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np

from playground.runtime.contracts import State
from playground.tabs.prompting.few_shot.method import Outcomes, Progress, Setting
from playground.tabs.prompting.few_shot.request import FewShotRequest

MINE = (
    "text,label\n"
    + "".join(f"text {n},{label}\n" for n in range(12) for label in ("x",))
    + "".join(f"other {n},y\n" for n in range(12))
)


def asked(*methods: str, **fields: Any) -> FewShotRequest:
    """A request for a run over the pasted texts."""
    given = {"pasted": MINE, "methods": methods or ("linear-probe",), "shots": (2, 4), "seeds": 2, "tests": 50}
    return FewShotRequest(**given | fields)


class Quiet:
    """A context: counts how often the engine looks, and is cancelled from the look `looks` on."""

    def __init__(self, resume: State | None = None, looks: int | None = None, files: dict[str, bytes] | None = None):
        self.resume, self.saved = resume, resume
        self.left, self.files = looks, files or {}

    @contextmanager
    def lease(self, model: str) -> Iterator[Any]:
        yield SimpleNamespace(model=model, tokenizer=None, device="cpu")

    @property
    def cancelled(self) -> bool:
        self.left = None if self.left is None else self.left - 1
        return self.left is not None and self.left < 0

    def attachment(self, name: str) -> bytes:
        return self.files[name]

    def save(self, state: State) -> None:
        self.saved = state


class FakeMethod:
    """Three stages of two steps, each kept as an outcome; right about as many texts as K and the seed say."""

    prompted = False
    pooled = False
    title = "Fake"

    def __init__(self) -> None:
        self.settings: list[Setting] = []
        self.stages: list[str] = []

    def run(self, setting: Setting, outcomes: Outcomes) -> Iterator[Progress]:
        self.settings.append(setting)
        for stage in ("Reading the texts", "Training", "Scoring the test texts"):
            if stage in outcomes:
                continue
            self.stages.append(stage)
            for step in (1, 2):
                yield Progress(stage, step, 2, details={"loss": float(setting.seed + step)})
            outcomes[stage] = np.arange(3.0)
        rng = np.random.default_rng((setting.seed, len(setting.train)))
        yield Progress("Done", 1, 1, rng.dirichlet(np.ones(len(setting.labels)), len(setting.test)), {"fake": 1.0})
