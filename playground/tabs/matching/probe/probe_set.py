"""The probe set: texts of our own, each with one that means the same and one that only looks the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from playground.tabs.matching.pair_sets import ASSETS

Language = Literal["en", "zh"]
Phenomenon = Literal["negation", "swapped roles", "numbers", "antonyms", "paraphrase", "word order"]
PHENOMENA: tuple[Phenomenon, ...] = get_args(Phenomenon)
PROBE = ASSETS / "probe.jsonl"


@dataclass(frozen=True)
class Item:
    """A text, another one that means the `same`, and a `different` one that shares most of its words."""

    language: Language
    phenomenon: Phenomenon
    text: str
    same: str
    different: str


@cache
def load_items(language: Language) -> tuple[Item, ...]:
    """All items of a language, by phenomenon."""
    items = (Item(**json.loads(line)) for line in PROBE.read_text("utf-8").splitlines())
    return tuple(item for item in items if item.language == language)
