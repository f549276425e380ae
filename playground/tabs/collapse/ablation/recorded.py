"""The table of ablations as it was recorded, and where."""

from __future__ import annotations

import json
from typing import Any

from playground.runtime.settings import REPOSITORY
from playground.ui.translations import translate

RECORDED = REPOSITORY / "assets" / "collapse-ablation.json"  # written by playground.tabs.collapse.ablation.record

HERE = (
    "Toy: an MLP on nuisance-64, {steps} steps, {seeds} seeds: mean ± standard deviation. kNN of the inputs {raw}, "
    "by chance {chance}. {machine}, {date}, {commit}. Published: Chen and He, arXiv 2011.10566, ResNet-50, 100 epochs."
)


def recorded() -> dict[str, Any] | None:
    """The recorded run, None where there is none yet."""
    if not RECORDED.exists():
        return None
    found: dict[str, Any] = json.loads(RECORDED.read_text("utf-8"))
    return found


def where(run: dict[str, Any], language: str) -> str:
    """How a recorded run was measured."""
    values = {key: run[key] for key in ("seeds", "machine", "date", "commit")}
    baselines = {"raw": f"{run['raw_knn']:.2f}", "chance": f"{run['chance']:.2f}"}
    return translate(language, HERE, steps=f"{run['steps']:,}", **baselines, **values)
