"""A setting of eight labelled films and a dozen others, two patterns, and an untrained model."""

from __future__ import annotations

from typing import Any

from playground.runtime.loaders import Loaded
from playground.tabs.prompting.few_shot.method import METHODS, Options, Outcomes, Progress, Setting
from playground.tabs.prompting.patterns import parse_pattern
from playground.tabs.prompting.tasks import Example
from playground.tabs.prompting.verbalizers import parse_verbalizer
from tests.tiny_masked_lm import tiny_bert

LABELS = ("negative", "positive")
GOOD = ("a great movie", "it was a good film", "wonderful fun", "this is a very good plot, and fun")
BAD = ("a terrible movie", "it was a bad film", "boring plot", "this is a very bad plot, and boring")
TRAIN = tuple(
    Example(text, label) for pair in zip(BAD, GOOD, strict=True) for text, label in zip(pair, LABELS, strict=True)
)
POOL = tuple(
    f"{start} {rest}" for start in ("all of it was", "in summary", "just") for rest in ("fun", "bad", "good", "a plot")
)
TEST = ("the movie was good", "the movie was terrible", "not a great restaurant in the world, very bad", "fun")


def tiny_setting(model: Loaded | None = None, **fields: Any) -> Setting:
    """The setting above, in which one layer of two is trained for three steps."""
    options = {"steps": 3, "layers": 1, "words": 2, "rate": 1e-2} | fields.pop("options", {})
    given: dict[str, Any] = {
        "model": model or tiny_bert(),
        "encoder": None,
        "labels": LABELS,
        "train": TRAIN,
        "unlabelled": POOL,
        "test": TEST,
        "patterns": (parse_pattern("{text} It was [MASK]."), parse_pattern("Just [MASK]! {text}")),
        "verbalizer": parse_verbalizer("negative: bad, terrible\npositive: good, great"),
        "options": Options(**options),
    }
    return Setting(**given | fields)


def finished(name: str, setting: Setting, outcomes: Outcomes | None = None) -> Progress:
    """The last progress of a method's run."""
    *_, last = METHODS[name].run(setting, {} if outcomes is None else outcomes)
    return last
