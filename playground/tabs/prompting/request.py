"""What may be asked of the prompting tab: texts, patterns, label words, and how the scores are put together."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar, Literal, get_args

from pydantic import field_validator

from playground.runtime.errors import InvalidRequest
from playground.runtime.requests import TabRequest, control
from playground.tabs.prompting.patterns import Pattern, parse_pattern
from playground.tabs.prompting.tasks import Task, load_task
from playground.tabs.prompting.verbalizers import Verbalizer, parse_verbalizer

Source = Literal["own", "mr", "subj", "csl-category", "su-sentiment"]
Order = Literal["PET", "OpenPrompt", "sum"]
Calibration = Literal["none", "content-free", "mean", "median"]
Ensemble = Literal["mean", "weighted"]
ORDERS: tuple[Order, ...] = get_args(Order)
CALIBRATIONS: tuple[Calibration, ...] = get_args(Calibration)

MOST_PATTERNS, MOST_TEXTS = 6, 500
PLAIN_NUMBER = re.compile(r"\d{1,6}(\.\d{0,6})?")
ENGLISH = "zoo/minilm-mlm-en"
TOO_MANY_PATTERNS = "There are {count} patterns; at most {most} run side by side: remove some."
NOT_A_WEIGHT = "“{weight}” is not a weight: write a number of 0 or more for each pattern, with commas between them."
WEIGHTS_COUNT = "There are {count} weights for {patterns} patterns: write one for each pattern, or none."
NO_WEIGHT = "All weights are zero: give at least one pattern a weight above zero."

REVIEWS = """\
A warm, funny and beautifully acted film. | positive
Two hours of my life that I will never get back. | negative
The plot is thin, but the cast is a joy to watch. | positive
It starts well and then falls apart completely. | negative
I laughed from the first minute to the last. | positive
Flat characters, clumsy dialogue and no ending. | negative
One of the best films of the year. | positive
I walked out halfway through. | negative"""


class PromptingRequest(TabRequest):
    """Texts read with every pattern by one masked language model, which is trained on none of them."""

    tab: ClassVar[str] = "prompting"

    source: Source = control(
        "own",
        title="Texts from",
        help="Your own, or the test texts of a bundled task: film reviews (mr), objective or subjective sentences "
        "(subj), Chinese paper titles (csl-category), Chinese reviews (su-sentiment).",
        widget="choice",
    )
    texts: str = control(
        REVIEWS,
        title="Texts",
        help="One a line. A label may follow behind “|”; then the answers are counted as right or wrong.",
        widget="text",
        lines=8,
        max_length=20_000,
    )
    patterns: str = control(
        "{text} It was [MASK].",
        title="Patterns",
        help="One a line, each with one [MASK] and the word text in braces. Empty: those of the bundled task.",
        widget="text",
        lines=4,
        max_length=1_000,
    )
    verbalizer: str = control(
        "positive: great, good, wonderful\nnegative: terrible, bad, awful",
        title="Label words",
        help="One label a line, with its words. Each word must be one token of the model. Empty: those of the task.",
        widget="text",
        lines=3,
        max_length=4_000,
    )
    model: str = control(
        ENGLISH,
        title="Model",
        help="A masked language model of the texts' language.",
        widget="model",
        max_length=120,
        pattern=r"^(zoo|hub|packaged|local)/[^/\s]+$",
    )
    calibration: Calibration = control(
        "none",
        title="Calibration",
        help="What the labels score without content, on average over unlabelled texts, or in their median, is taken "
        "away. The table always shows all four.",
        widget="choice",
    )
    order: Order = control(
        "PET",
        title="Score",
        help="PET: mean logit of a label's words. OpenPrompt: log-probabilities, calibrated word by word, then the "
        "mean. Sum: all words of a label together, so that one fitting word is enough.",
        widget="choice",
        group="more",
    )
    ensemble: Ensemble = control(
        "mean",
        title="Ensemble",
        help="Patterns count alike, or by their accuracy on 32 labelled training texts (PET) or the weights below.",
        widget="choice",
        group="more",
    )
    weights: str = control(
        "",
        title="Weights",
        help="Weighted ensemble: a number for each pattern, with commas between them. Empty: by accuracy.",
        widget="text",
        group="more",
        max_length=200,
    )
    count: int = control(
        100,
        title="Test texts",
        help="Bundled tasks: how many of their test texts are read.",
        widget="slider",
        group="more",
        step=1,
        ge=8,
        le=MOST_TEXTS,
    )
    unlabelled: int = control(
        64,
        title="Unlabelled texts",
        help="Bundled tasks: how many training texts, without labels, calibrate. Your own texts calibrate themselves.",
        widget="slider",
        group="more",
        step=1,
        ge=8,
        le=MOST_TEXTS,
    )

    @field_validator("patterns")
    @classmethod
    def _readable_patterns(cls, patterns: str) -> str:
        _checked(lambda: _parsed(patterns))
        return patterns

    @field_validator("verbalizer")
    @classmethod
    def _readable_words(cls, words: str) -> str:
        if words.strip():
            _checked(lambda: parse_verbalizer(words))
        return words

    @field_validator("weights")
    @classmethod
    def _readable_weights(cls, weights: str) -> str:
        _checked(lambda: _numbers(weights))
        return weights

    def all_patterns(self) -> tuple[Pattern, ...]:
        """The patterns, or the task's; InvalidRequest where own texts have none."""
        task = self.task()
        lines = _lines(self.patterns) or (list(task.patterns) if task else [""])
        return tuple(map(parse_pattern, lines))

    def label_words(self) -> Verbalizer:
        """The label words, or the task's; InvalidRequest where own texts have none."""
        task = self.task()
        return parse_verbalizer(task.verbalizer if task and not self.verbalizer.strip() else self.verbalizer)

    def own_weights(self) -> tuple[float, ...]:
        """The weights that were written, one for each pattern, or none; InvalidRequest where they are too few."""
        weights, patterns = _numbers(self.weights), len(self.all_patterns())
        if weights and len(weights) != patterns:
            raise InvalidRequest(WEIGHTS_COUNT, count=len(weights), patterns=patterns)
        return weights

    def task(self) -> Task | None:
        """The bundled task, None for own texts."""
        return None if self.source == "own" else load_task(self.source)

    def models(self) -> tuple[str, ...]:
        """The model that reads the texts."""
        return (self.model,)

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores; other models are larger and may have to be fetched."""
        texts = len(_lines(self.texts)) if self.source == "own" else self.count + self.unlabelled + 35
        small = 0.3 + 0.005 * texts * max(1, len(_lines(self.patterns)))
        return small if self.model.startswith("zoo/") else 20 + 10 * small


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _parsed(patterns: str) -> list[Pattern]:
    lines = _lines(patterns)
    if len(lines) > MOST_PATTERNS:
        raise InvalidRequest(TOO_MANY_PATTERNS, count=len(lines), most=MOST_PATTERNS)
    return [parse_pattern(line) for line in lines]


def _numbers(weights: str) -> tuple[float, ...]:
    """Weights as numbers, of which at least one is above zero."""
    parts = [part.strip() for part in weights.replace("，", ",").split(",")] if weights.strip() else []
    for part in parts:
        if not PLAIN_NUMBER.fullmatch(part):
            raise InvalidRequest(NOT_A_WEIGHT, weight=part[:20])
    numbers = tuple(map(float, parts))
    if numbers and not any(numbers):
        raise InvalidRequest(NO_WEIGHT)
    return numbers


def _checked(read: Callable[[], object]) -> None:
    """Refuse in pydantic's way what cannot be read."""
    try:
        read()
    except InvalidRequest as error:
        raise ValueError(str(error)) from error
