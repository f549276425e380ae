"""What may be asked of the panel: a task, few-shot methods, and how many labels and seeds each of them gets."""

from __future__ import annotations

from itertools import product
from typing import ClassVar, Literal, NamedTuple

from pydantic import field_validator

from playground.runtime.requests import TabRequest, control
from playground.runtime.sessions import Attachment
from playground.tabs.prompting.few_shot.method import METHODS, Options
from playground.tabs.prompting.tasks import LANGUAGES, TaskName

MethodName = Literal[
    "pet",
    "ipet",
    "su",
    "p-tuning",
    "demonstrations",
    "automatic-verbalizer",
    "mined-patterns",
    "linear-probe",
    "cls-fine-tuning",
    "setfit",
    "label-sentences",
]
Shots = Literal[1, 2, 4, 8, 16, 32, 64]

FILES = (".csv", ".tsv", ".jsonl", ".txt")
MOST_PASTED = 200_000  # characters
ENGLISH, CHINESE, ENCODER = "zoo/minilm-mlm-en", "zoo/bert-small-zh", "packaged/all-minilm-l6-v2"
OWN_PATTERNS = ("{text} It was [MASK].", "{text} This is [MASK].")  # for a visitor's texts
OWN_PATTERNS_CHINESE = ("[MASK]：{text}", "{text}（[MASK]）")
# About how many seconds a training with K = 16 takes on one core: English reviews, their four patterns, 30 steps.
SECONDS: dict[MethodName, float] = {
    "pet": 20.0,
    "ipet": 50.0,
    "su": 25.0,
    "p-tuning": 20.0,
    "demonstrations": 20.0,
    "automatic-verbalizer": 25.0,
    "mined-patterns": 30.0,
    "linear-probe": 0.3,
    "cls-fine-tuning": 8.0,
    "setfit": 12.0,
    "label-sentences": 0.2,
}


class Training(NamedTuple):
    """One of the run's trainings."""

    method: MethodName
    shots: int
    seed: int


class FewShotRequest(TabRequest):
    """Few-shot methods on the same splits of one task, over numbers of labels and seeds."""

    tab: ClassVar[str] = "prompting-few-shot"
    growing: ClassVar[frozenset[str]] = frozenset({"seeds"})

    task: TaskName = control(
        "mr",
        title="Task",
        help="Film reviews, subjective or not, fields of Chinese papers, Chinese reviews; your own texts replace it.",
        widget="choice",
    )
    methods: tuple[MethodName, ...] = control(
        ("linear-probe", "label-sentences"),
        title="Methods",
        help="All learn from the same labelled texts. The probe and label sentences take a moment, the others more.",
        widget="choices",
        min_length=1,
        max_length=len(METHODS),
    )
    shots: tuple[Shots, ...] = control(
        (4, 16),
        title="Labels per class, K",
        help="How many labelled texts of each class are learnt from.",
        widget="choices",
        min_length=1,
        max_length=7,
    )
    seeds: int = control(
        2,
        title="Seeds",
        help="Splits for each K. With more of them the run goes on where it stopped.",
        widget="slider",
        step=1,
        ge=1,
        le=10,
    )
    examples: Attachment | None = control(
        None,
        title="Your texts",
        help="CSV with the columns text and label, or one JSON object with both on each line.",
        widget="file",
        accept=FILES,
    )
    pasted: str = control(
        "",
        title="Or pasted",
        help="The same as text: text,label in the first line, then one text and its label a line.",
        widget="text",
        lines=3,
        max_length=MOST_PASTED,
        private=True,
        upload=True,
    )
    patterns: str = control(
        "",
        title="Patterns",
        help="One a line, each with one [MASK] and the word text in braces. Empty: the task's own.",
        widget="text",
        lines=3,
        max_length=1_000,
    )
    words: str = control(
        "",
        title="Label words",
        help="One label a line: positive: great, good. Empty: the task's own, or the labels themselves.",
        widget="text",
        lines=3,
        max_length=4_000,
    )
    model: str = control(
        ENGLISH,
        title="Model",
        help="The masked language model. Of the zoo's two, the one in the task's language is taken.",
        widget="model",
        group="more",
        pattern=r"^(zoo|hub|packaged|local)/[^/\s]+$",
        max_length=120,
    )
    tests: int = control(
        200,
        title="Test texts",
        help="Each training is judged on them; twice as many make its interval about a third narrower.",
        widget="slider",
        group="more",
        step=50,
        ge=50,
        le=1000,
    )
    unlabelled: int = control(
        200,
        title="Unlabelled texts",
        help="iPET labels them; other methods read them, or look in them for words and patterns.",
        widget="slider",
        group="more",
        step=50,
        ge=0,
        le=1000,
    )
    updates: int = control(
        30,
        title="Training steps",
        help="Of each training of a masked language model.",
        widget="slider",
        group="more",
        step=5,
        ge=5,
        le=200,
    )
    rate: float = control(
        3e-4,
        title="Learning rate",
        help="Of the layers that are trained.",
        widget="number",
        group="more",
        step=0.0001,
        ge=0,
        le=1,
    )
    layers: int = control(
        2,
        title="Trained layers",
        help="The upper ones; those below are frozen, and their states are computed once.",
        widget="slider",
        group="more",
        step=1,
        ge=1,
        le=6,
    )
    auxiliary: float = control(
        0.0,
        title="Auxiliary weight",
        help="PET: how much guessing masked words of unlabelled texts counts beside the labels; 0.0001 in the paper.",
        widget="number",
        group="more",
        step=0.0001,
        ge=0,
        le=0.5,
    )
    distil: bool = control(
        False,
        title="Distil",
        help="PET: the ensemble labels the unlabelled texts, and one classifier learns from it.",
        widget="switch",
        group="more",
    )
    generations: int = control(
        2,
        title="Generations",
        help="iPET: how many times it trains; in between, its models label texts for each other.",
        widget="slider",
        group="more",
        step=1,
        ge=1,
        le=3,
    )
    seed: int = control(
        0,
        title="First seed",
        help="Of the first split and training; the others follow.",
        widget="number",
        group="more",
        step=1,
        ge=0,
        le=2**31 - 1,
    )

    recorded: bool = control(
        True,
        title="Recorded curves",
        help="Lay what was recorded for this task behind the run, dotted.",
        widget="switch",
        group="more",
        view=True,
    )

    @field_validator("methods")
    @classmethod
    def _each_once(cls, methods: tuple[MethodName, ...]) -> tuple[MethodName, ...]:
        """In the order of the registry."""
        return tuple(name for name in SECONDS if name in methods)

    @field_validator("shots")
    @classmethod
    def _in_order(cls, shots: tuple[Shots, ...]) -> tuple[Shots, ...]:
        return tuple(sorted(set(shots)))

    def is_own(self) -> bool:
        """Whether texts were given, so that no bundled task is learnt."""
        return self.examples is not None or bool(self.pasted.strip())

    def trainings(self) -> tuple[Training, ...]:
        """All of them, seed by seed, so that a run with fewer seeds is the beginning of one with more."""
        seeds = range(self.seed, self.seed + self.seeds)
        return tuple(Training(method, k, seed) for seed, k, method in product(seeds, self.shots, self.methods))

    @property
    def steps(self) -> int:
        """How many trainings the run has, which counts its way when it pauses."""
        return len(self.methods) * len(self.shots) * self.seeds

    def masked_model(self) -> str:
        """The masked language model that is really taken."""
        if self.is_own() or self.model not in (ENGLISH, CHINESE):
            return self.model
        return CHINESE if LANGUAGES[self.task] == "zh" else ENGLISH

    def encoder(self) -> str | None:
        """The sentence encoder of the methods that need one; the masked model's own body where it is Chinese."""
        return None if {"zh", "chinese"} & set(self.masked_model().replace("/", "-").split("-")) else ENCODER

    def own_patterns(self) -> tuple[str, ...]:
        """The patterns of a visitor's texts where none are given."""
        return OWN_PATTERNS if self.encoder() else OWN_PATTERNS_CHINESE

    def models(self) -> tuple[str, ...]:
        """Ids of the models that the run leases."""
        encoder = self.encoder()
        return (self.masked_model(),) if encoder is None else (self.masked_model(), encoder)

    def options(self) -> Options:
        """How the methods train."""
        return Options(
            steps=self.updates,
            rate=self.rate,
            layers=self.layers,
            auxiliary=self.auxiliary,
            distil=self.distil,
            generations=self.generations,
        )

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        reading = 1.0 + (self.tests + self.unlabelled) * 0.003
        return reading + sum(seconds_of(self, each) for each in self.trainings())


def seconds_of(request: FewShotRequest, training: Training) -> float:
    """About how long one training takes."""
    base = SECONDS[training.method]
    learnt = base if base < 1 else base * request.updates / 30
    return learnt * (0.5 + training.shots / 32) * (0.5 + request.tests / 400)
