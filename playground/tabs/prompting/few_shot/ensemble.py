"""PET's ensemble: one training a pattern and repetition, their logits merged by the accuracy each began with."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from playground.tabs.prompting.few_shot.label_words import targets_of
from playground.tabs.prompting.few_shot.method import Array, Outcomes, Progress, Setting
from playground.tabs.prompting.few_shot.prompt_model import PromptModel
from playground.tabs.prompting.few_shot.prompt_training import score_prompts
from playground.tabs.prompting.few_shot.reading import prompts_of
from playground.tabs.prompting.patterns import Pattern


@dataclass(frozen=True)
class Scores:
    """What one trained member says: logits (N, C) of the test texts and of the pool (P, C), P = 0 where not asked.

    `accuracy` is that of the untrained model on the labelled texts: its weight.
    """

    test: Array
    pool: Array
    accuracy: float


def members_of(setting: Setting) -> list[Pattern]:
    """The pattern of every member: all patterns, repeated."""
    return [pattern for pattern in setting.patterns for _ in range(setting.options.repetitions)]


def merged(logits: Sequence[Array], accuracies: Sequence[float], weights: Literal["mean", "accuracy"]) -> Array:
    """The average (N, C) of logits (M, N, C), plain or weighted; plain where every weight is zero."""
    own = np.asarray(accuracies, dtype=np.float64)
    if weights == "mean" or not own.any():
        own = np.ones(len(logits))
    return np.average(np.stack(logits), axis=0, weights=own).astype(np.float32)


def probabilities(logits: Array) -> Array:
    """Softmax over the labels (…, C)."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float32)


def member_scores(
    setting: Setting,
    outcomes: Outcomes,
    name: str,
    pattern: Pattern,
    training: Generator[Progress, None, PromptModel],
    *,
    pool: bool,
) -> Generator[Progress, None, Scores]:
    """What one trained member says of the test texts and, where asked, of the pool; at once if it did so before."""
    if f"{name}.test" not in outcomes:
        accuracy = yield from _accuracy(setting, pattern)
        model = yield from training
        test = yield from score_prompts(setting, model, prompts_of(setting, pattern, setting.test))
        texts = setting.unlabelled if pool else ()
        of_pool = yield from score_prompts(setting, model, prompts_of(setting, pattern, texts))
        arrays = {"pool": of_pool.numpy(), "accuracy": np.array(accuracy), "test": test.numpy()}
        outcomes.update((f"{name}.{part}", array) for part, array in arrays.items())
    return Scores(outcomes[f"{name}.test"], outcomes[f"{name}.pool"], float(outcomes[f"{name}.accuracy"]))


def _accuracy(setting: Setting, pattern: Pattern) -> Generator[Progress, None, float]:
    """The share of the labelled texts that the untrained model gets right in this pattern."""
    untrained = PromptModel(setting.model, setting.options.layers)
    prompts = prompts_of(setting, pattern, [example.text for example in setting.train])
    scores = yield from score_prompts(setting, untrained, prompts)
    targets = targets_of(setting, [example.label for example in setting.train]).cpu()
    return (scores.argmax(dim=1) == targets).double().mean().item()
