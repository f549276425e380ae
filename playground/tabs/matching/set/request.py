"""What may be asked of the panel: pairs, methods that score them, and what the threshold should be best for."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

from pydantic import field_validator

from playground.runtime.requests import TabRequest, control
from playground.runtime.sessions import Attachment
from playground.tabs.matching.methods import Criterion, Method, available_models, methods_for
from playground.tabs.matching.pair_sets import LANGUAGES, PairSetName
from playground.tabs.matching.thresholds import Goal

Family = Literal["base", "cosent", "sbert", "angle", "mse", "simcse", "cross", "conditional", "words", "ngrams", "bm25"]
FAMILIES: tuple[Family, ...] = get_args(Family)
BASES = ("minilm", "bert-zh")  # methods of the family "base"

FILES = (".csv", ".tsv", ".jsonl", ".txt")
MOST_PASTED = 200_000  # characters
# About how many seconds one pair takes on one core.
SECONDS = {"bi": 0.006, "cross": 0.012, "conditional": 0.012, "words": 0.0004, "lexical": 0.0001}
OWN_PAIRS = 1_000  # about as many as people bring


class MatchingSetRequest(TabRequest):
    """Methods on the same labelled pairs, each with a threshold chosen on one part and reported on the other."""

    tab: ClassVar[str] = "matching-set"

    pairs: PairSetName = control(
        "stsb-en",
        title="Pairs",
        help="The STS benchmark in English, or translated to Chinese; your own pairs replace it.",
        widget="choice",
    )
    methods: tuple[Family, ...] = control(
        ("base", "words", "ngrams"),
        title="Methods",
        help="All score the same pairs. A method without a model for the language is left out, and it is said.",
        widget="choices",
        max_length=len(FAMILIES),
    )
    goal: Goal = control(
        "accuracy",
        title="Best for",
        help="What the threshold is chosen for: right decisions, F1, Matthews' correlation, or the lowest cost.",
        widget="choice",
    )
    ratio: float = control(
        5.0,
        title="Cost of a false alarm",
        help="Where a missed pair costs 1. It counts when the threshold is best for cost.",
        widget="number",
        step=0.5,
        ge=0.001,
        le=1000,
    )
    file: Attachment | None = control(
        None,
        title="Your pairs",
        help="CSV, TSV or JSON lines with a, b and label; a column score holds what your own model says.",
        widget="file",
        accept=FILES,
    )
    pasted: str = control(
        "",
        title="Or pasted",
        help="The same as text: a,b,label in the first line, then a pair and its label a line.",
        widget="text",
        lines=3,
        max_length=MOST_PASTED,
        private=True,
        upload=True,
    )
    language: Literal["en", "zh"] = control(
        "en",
        title="Language of your pairs",
        help="It decides which models read them.",
        widget="choice",
        group="more",
    )
    alike: float = control(
        0.6,
        title="Alike from",
        help="Pairs this far up the scale of the labels count as alike: 0.6 is 3 of 0 to 5, and yes of no and yes.",
        widget="slider",
        group="more",
        step=0.05,
        ge=0.05,
        le=1,
    )
    count: int = control(
        100,
        title="Pairs in each part",
        help="Of a bundled set: so many to choose the threshold on, and as many to report on.",
        widget="slider",
        group="more",
        step=50,
        ge=50,
        le=500,
    )
    criterion: Criterion = control(
        "A",
        title="Criterion",
        help="Asked of the conditional method alone: A, the same topic; B, the same event.",
        widget="choice",
        group="more",
    )
    resamples: int = control(
        200,
        title="Resamples",
        help="Of the bootstrap, from which the intervals come.",
        widget="slider",
        group="more",
        step=50,
        ge=50,
        le=1000,
    )
    seed: int = control(
        0,
        title="Seed",
        help="Of the bootstrap, and of the halves of your pairs.",
        widget="number",
        group="more",
        step=1,
        ge=0,
        le=2**31 - 1,
    )
    shown: str = control(
        "",
        title="Shown method",
        help="Whose scores are drawn. Empty: the first one's.",
        widget="none",
        max_length=40,
        view=True,
    )

    @field_validator("methods")
    @classmethod
    def _each_once(cls, methods: tuple[Family, ...]) -> tuple[Family, ...]:
        """In the order of the table."""
        return tuple(name for name in FAMILIES if name in methods)

    def is_own(self) -> bool:
        """Whether pairs were given, so that no bundled set is used."""
        return self.file is not None or bool(self.pasted.strip())

    def texts_language(self) -> Literal["en", "zh"]:
        """The language of the pairs."""
        return self.language if self.is_own() else LANGUAGES[self.pairs]

    def chosen_methods(self) -> tuple[Method, ...]:
        """Those of the methods that can be had for the language, as they were asked for."""
        offered = methods_for(self.texts_language(), available_models())
        return tuple(each for each in offered if family_of(each) in self.methods)

    def missing_methods(self) -> tuple[Family, ...]:
        """Those that cannot."""
        found = {family_of(each) for each in self.chosen_methods()}
        return tuple(name for name in self.methods if name not in found)

    def models(self) -> tuple[str, ...]:
        """Ids of the models that the run leases."""
        return tuple(dict.fromkeys(each.model for each in self.chosen_methods() if each.model))

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        pairs = OWN_PAIRS if self.is_own() else 2 * self.count
        scored = sum(SECONDS[each.kind] for each in self.chosen_methods()) * pairs
        return 0.2 + scored + 1e-4 * self.resamples * len(self.methods)


def family_of(method: Method) -> str:
    """What a method is called in every language."""
    return "base" if method.id in BASES else method.id.removesuffix(f"-{method.language}")
