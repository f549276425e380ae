"""How well the methods order pairs: the recorded rank correlations with what people say."""

from __future__ import annotations

import json
from functools import cache
from typing import NamedTuple

from playground.tabs.matching.pair_sets import ASSETS

RECORDED = ASSETS / "quality.json"  # made by playground.tabs.matching.interaction.record


class Quality(NamedTuple):
    """Spearman's ρ (−1 to 1) between a method's scores and people's, over so many pairs."""

    spearman: float
    pairs: int
    date: str
    commit: str


def quality(method: str, language: str) -> Quality | None:
    """What was recorded for a method, by its id; None where nothing was."""
    row = _rows().get(entry_name(method, language))
    return None if row is None else Quality(row["spearman"], row["pairs"], row["date"], row["commit"])


def entry_name(method: str, language: str) -> str:
    """The name of a method's entry in the file, for texts of a language."""
    return f"{language} {method}"


@cache
def _rows() -> dict[str, dict[str, str | float | int]]:
    return json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}
