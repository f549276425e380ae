"""Views of runs that nobody ran."""

from __future__ import annotations

import numpy as np

from playground.tabs.prompting.few_shot.frames import FewShotResult, FewShotSplit, FewShotStart, FewShotStep
from playground.tabs.prompting.few_shot.view import View, fold

HOSTILE = "<img src=x onerror=alert(1)>"


def start(**fields):
    given = {
        "task": "mr",
        "own": False,
        "model": "zoo/minilm-mlm-en",
        "encoder": "packaged/all-minilm-l6-v2",
        "labels": ("negative", "positive"),
        "pool": np.array([500, 500]),
        "test": np.array([90, 110]),
        "patterns": ("{text} It was [MASK].", "Just [MASK]! {text}"),
        "words": (("bad",), ("good",)),
        "notes": (("There are {count} test texts: all are used.", {"count": "200"}),),
    }
    return FewShotStart(0.0, **given | fields)


def split(seed=0, shots=4):
    texts = tuple(f"film {n} {HOSTILE}" for n in range(2 * shots))
    return FewShotSplit(0.0, seed, texts, ("negative", "positive") * shots)


def step(method="pet", shots=4, seed=0, stage="Training", number=5, accuracy=float("nan"), **details):
    return FewShotStep(0.1, method, shots, seed, stage, number, 30, accuracy, details)


def result(method="pet", shots=4, seed=0, accuracy=0.7, **details):
    confusion = np.array([[60, 30], [30, 80]])
    return FewShotResult(0.5, method, shots, seed, accuracy, 0.69, confusion, details, 3.5)


def view_of(*frames) -> View:
    """The view after the start and these frames."""
    view = fold(None, start())
    for frame in frames:
        view = fold(view, frame)
    return view
