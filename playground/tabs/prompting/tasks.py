"""The bundled classification tasks, with the patterns and label words that suit them."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from playground.runtime.settings import REPOSITORY

TaskName = Literal["mr", "subj", "csl-category", "su-sentiment"]
TASKS: tuple[TaskName, ...] = get_args(TaskName)
ASSETS = REPOSITORY / "assets" / "prompting"  # made by models.recipes.text_subsets

# The Chinese sentiment patterns and words are Su's (kexue.fm/archives/7764), the first English ones LM-BFF's
# (Gao et al. 2021) and PET's (Schick and Schütze 2021).
PATTERNS: dict[TaskName, tuple[str, ...]] = {
    "mr": (
        "{text} It was [MASK].",
        "{text} All in all, it was [MASK].",
        "Just [MASK]! {text}",
        "{text} In summary, the film was [MASK].",
    ),
    "subj": ("{text} This is a [MASK].", "[MASK]: {text}", "{text} That was part of the [MASK]."),
    "csl-category": ("[MASK]学：{text}", "这是一篇[MASK]学论文：{text}", "{text}（[MASK]学）"),
    "su-sentiment": (
        "[MASK]满意。{text}",
        "{text}[MASK]满意。",
        "[MASK]好。{text}",
        "[MASK]理想。{text}",
        "感觉如何？[MASK]满意。{text}",
    ),
}
# A sentence of a plot is about an event, one of a review about the film.
VERBALIZERS: dict[TaskName, str] = {
    "mr": "negative: bad, terrible, stupid\npositive: great, wonderful, excellent",
    "subj": "objective: event, family, secret\nsubjective: film, comedy, movie",
    "csl-category": (
        "历史学: 史\n管理学: 管\n教育学: 教\n理学: 理\n医学: 医\n工学: 工\n经济学: 经\n"
        "法学: 法\n军事学: 军\n农学: 农\n文学: 文\n哲学: 哲\n艺术学: 艺"
    ),
    "su-sentiment": "negative: 不\npositive: 很",
}
LANGUAGES: dict[TaskName, Literal["en", "zh"]] = {"mr": "en", "subj": "en", "csl-category": "zh", "su-sentiment": "zh"}


@dataclass(frozen=True)
class Example:
    """A text and its label."""

    text: str
    label: str


@dataclass(frozen=True)
class Task:
    """A pool of labelled texts to learn from, texts to measure on, and what to ask of them."""

    name: TaskName
    language: Literal["en", "zh"]
    labels: tuple[str, ...]
    train: tuple[Example, ...]
    test: tuple[Example, ...]
    patterns: tuple[str, ...]
    verbalizer: str


@cache
def load_task(name: TaskName) -> Task:
    """A bundled task by its name; its labels are in the order of its label words."""
    rows = [json.loads(line) for line in gzip.decompress((ASSETS / f"{name}.jsonl.gz").read_bytes()).splitlines()]
    train, test = (
        tuple(Example(row["text"], row["label"]) for row in rows if row["part"] == part) for part in ("train", "test")
    )
    labels = tuple(line.split(":")[0] for line in VERBALIZERS[name].splitlines())
    return Task(name, LANGUAGES[name], labels, train, test, PATTERNS[name], VERBALIZERS[name])
