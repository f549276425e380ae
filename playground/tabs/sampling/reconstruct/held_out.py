"""How held-out pictures of its own set fare with each model, taken by models.recipes.held_out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

import numpy as np

from playground.runtime.settings import REPOSITORY

RECORDED = REPOSITORY / "assets" / "held-out-pictures.json"


@dataclass(frozen=True)
class HeldOut:
    """Evenly spaced quantiles, lowest and highest included, of so many pictures; `bits` of an NVAE only."""

    pictures: int
    squared_error: tuple[float, ...]
    bits: tuple[float, ...]


@cache
def recorded() -> dict[str, HeldOut]:
    """The figures by the model's id."""
    entries = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}
    return {
        f"zoo/{model}": HeldOut(entry["pictures"], tuple(entry["squared_error"]), tuple(entry.get("bits", ())))
        for model, entry in entries.items()
    }


def share_below(value: float, quantiles: tuple[float, ...]) -> float | None:
    """The share, 0 to 1, of held-out pictures whose number is below this one; None without quantiles."""
    if not quantiles:
        return None
    return float(np.interp(value, quantiles, np.linspace(0, 1, len(quantiles)), left=0.0, right=1.0))
