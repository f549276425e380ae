"""How well the methods order pairs: the recorded rank correlations with what people say.

All methods on the bundled test pairs, so that they stand on the same scale; and the models' own figures, on all test
pairs of the benchmark, as they stand in the zoo.
"""

from __future__ import annotations

import json
from functools import cache
from typing import NamedTuple

from playground.runtime.settings import settings
from playground.tabs.matching.methods import Method
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
    if row is None:
        return None
    return Quality(float(row["spearman"]), int(row["pairs"]), str(row["date"]), str(row["commit"]))


def whole_test(method: Method, language: str) -> float | None:
    """Spearman's ρ on the benchmark's whole test part, from the measured.json of the method's model in the zoo."""
    if method.kind not in ("bi", "cross") or method.model is None:
        return None
    path = settings().zoo_dir / method.model.removeprefix("zoo/") / "measured.json"
    if not method.model.startswith("zoo/") or not path.is_file():
        return None
    measured = json.loads(path.read_text("utf-8")).get("sets", {}).get(f"stsb-{language} test", {})
    found: float | None = measured.get("spearman")
    return found


def entry_name(method: str, language: str) -> str:
    """The name of a method's entry in the file, for texts of a language."""
    return f"{language} {method}"


@cache
def _rows() -> dict[str, dict[str, str | float | int]]:
    return json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}
