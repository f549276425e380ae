"""The bundled sets of scored text pairs: one part to choose on, one to report on."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from playground.runtime.settings import REPOSITORY

PairSetName = Literal["stsb-en", "stsb-zh"]
PAIR_SETS: tuple[PairSetName, ...] = get_args(PairSetName)
ASSETS = REPOSITORY / "assets" / "matching"  # made by models.recipes.pair_subsets
SCALE = (0.0, 5.0)  # STS: 0 = about different things, 5 = the same meaning
LANGUAGES: dict[PairSetName, Literal["en", "zh"]] = {"stsb-en": "en", "stsb-zh": "zh"}


@dataclass(frozen=True)
class Pair:
    """Two texts and how alike people find them, in units of the set's scale."""

    a: str
    b: str
    label: float


@dataclass(frozen=True)
class PairSet:
    """Scored pairs: `dev` to choose thresholds and models on, `test` to report on; `scale` is (least, most) alike."""

    name: PairSetName
    language: Literal["en", "zh"]
    scale: tuple[float, float]
    dev: tuple[Pair, ...]
    test: tuple[Pair, ...]


@cache
def load_pairs(name: PairSetName) -> PairSet:
    """A bundled set by its name."""
    rows = [json.loads(line) for line in gzip.decompress((ASSETS / f"{name}.jsonl.gz").read_bytes()).splitlines()]
    dev, test = (
        tuple(Pair(row["a"], row["b"], row["label"]) for row in rows if row["part"] == part) for part in ("dev", "test")
    )
    return PairSet(name, LANGUAGES[name], SCALE, dev, test)
