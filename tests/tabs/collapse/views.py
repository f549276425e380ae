"""Runs of the collapse tab as they might have been recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.tabs.collapse.frames import CollapseFrame, CollapseStart
from playground.tabs.collapse.view import MEASURES, RATES, View, fold

POINTS = 40


def start(dimensions: Sequence[int] = (3, 3), **fields: Any) -> CollapseStart:
    values = {"classes": ("cats", "<dogs>"), "labels": np.arange(POINTS) % 2, "raw_knn": 0.9, "chance": 0.5}
    values |= {"dimensions": np.array(dimensions), "batched": np.zeros(len(dimensions), np.int64)}
    return CollapseStart(0.0, **(values | fields))


def frame(step: int, variants: int = 2, **fields: Any) -> CollapseFrame:
    """A picture; a measure may be one number for all variants or one each."""
    generator = np.random.default_rng(step)
    points = generator.normal(size=(variants, POINTS, 3))
    points /= np.linalg.norm(points, axis=2, keepdims=True)
    usual = dict.fromkeys((*MEASURES, *RATES), 0.5) | {"loss": -0.9, "std": 0.95, "rank": 2.8}
    numbers = {name: np.broadcast_to(np.float32(fields.pop(name, value)), variants) for name, value in usual.items()}
    spectrum = np.tile(np.float32([0.4, 0.3, 0.2, np.nan]), (variants, 1))
    arrays = {"spectrum": spectrum, "points": points.astype(np.float16)}
    return CollapseFrame(0.0, step, **numbers, **(arrays | fields))


def view_of(steps: Sequence[int], dimensions: Sequence[int] = (3, 3), **fields: Any) -> View:
    view = fold(None, start(dimensions))
    for step in steps:
        fold(view, frame(step, len(dimensions), **fields))
    return view
