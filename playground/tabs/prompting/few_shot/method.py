"""What every few-shot method takes and gives, and which methods there are.

A method is a generator that learns from few labelled texts and says how likely each label is for every test text. It
is a pure function of its setting. Whatever takes longer is done in stages; the outcome of a finished stage is put into
`outcomes` as plain arrays, and a run that finds it there goes on after it: both ways give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from playground.tabs.prompting.tasks import Example

if TYPE_CHECKING:
    from playground.runtime.loaders import Loaded
    from playground.tabs.prompting.patterns import Pattern
    from playground.tabs.prompting.verbalizers import Verbalizer

Array = np.ndarray[Any, Any]
Outcomes = MutableMapping[str, Array]

# What a run is at: gettext keys.
STAGES = (
    "Reading the texts",
    "Training",
    "Scoring the test texts",
    "Labelling the pool",
    "Distilling",
    "Looking for label words",
    "Looking for patterns",
    "Done",
)


@dataclass(frozen=True)
class Options:
    """How the methods train; each reads what it knows of.

    `steps` of one training, `rate` the peak learning rate of a masked language model's layers, `layers` how many of
    the upper layers are trained, `longest` a prompt in tokens, `auxiliary` the weight of PET's auxiliary loss (1e-4 in
    the paper, 0 = off), `distil` whether PET ends in one classifier, `weights` of the patterns in the ensemble,
    `repetitions` trainings a pattern, `generations` of iPET, `demonstrations` draws a text, `words` found
    for a label, and `pairs` that SetFit learns from at most.
    """

    steps: int = 30
    rate: float = 3e-4
    layers: int = 2
    longest: int = 128
    auxiliary: float = 0.0
    distil: bool = False
    weights: Literal["mean", "accuracy"] = "accuracy"
    repetitions: int = 1
    generations: int = 2
    demonstrations: int = 2
    words: int = 5
    pairs: int = 512


@dataclass(frozen=True)
class Setting:
    """One run of one method: models, texts, patterns, words and the seed.

    `model` is a masked language model, `encoder` a sentence encoder (None: the masked model's own body, its states
    averaged). `hidden` keeps hidden states of frozen layers; runs that share the models may share it.
    """

    model: Loaded
    encoder: Loaded | None
    labels: tuple[str, ...]
    train: tuple[Example, ...]
    unlabelled: tuple[str, ...]
    test: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    verbalizer: Verbalizer
    seed: int = 0
    options: Options = field(default_factory=Options)
    hidden: MutableMapping[object, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Progress:
    """Where a run is: a stage of STAGES, step of steps in it, and what the test texts look like by now.

    `probabilities` (N, C), where there are new ones; the last ones of a run are its result. `details` are numbers,
    texts, tuples and arrays that only one method has, such as iPET's generations or the words it found.
    """

    stage: str
    step: int
    steps: int
    probabilities: Array | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


Run = Callable[[Setting, Outcomes], Iterator[Progress]]


@dataclass(frozen=True)
class Method:
    """A method by its title (a gettext key) and the module of this folder whose `run` it is.

    `prompted` methods read patterns and label words; `pooled` ones the unlabelled texts.
    """

    title: str
    module: str
    prompted: bool = True
    pooled: bool = False

    def run(self, setting: Setting, outcomes: Outcomes) -> Iterator[Progress]:
        """The method at work; imports it when it is first needed."""
        run = cast(Run, import_module(f"{__package__}.{self.module}").run)
        return run(setting, outcomes)


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "pet": Method("PET", "pet", pooled=True),
        "ipet": Method("iPET", "ipet", pooled=True),
        "su": Method("Su: whole-vocabulary loss", "su"),
        "p-tuning": Method("P-tuning", "p_tuning"),
        "demonstrations": Method("Demonstrations (LM-BFF)", "demonstrations"),
        "automatic-verbalizer": Method("PET, words found (PETAL)", "automatic_verbalizer", pooled=True),
        "mined-patterns": Method("PET, patterns mined", "mined_patterns", pooled=True),
        "linear-probe": Method("Linear probe", "linear_probe", prompted=False),
        "cls-fine-tuning": Method("[CLS] fine-tuning", "cls_fine_tuning", prompted=False),
        "setfit": Method("SetFit", "setfit", prompted=False),
        "label-sentences": Method("Label sentences", "label_sentences"),
    }
)
