"""PET, pattern-exploiting training: one model a pattern, their ensemble, and where asked one classifier taught by it.

Schick and Schütze 2021 (arXiv 2001.07676).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from playground.tabs.prompting.few_shot.distillation import distilled
from playground.tabs.prompting.few_shot.ensemble import Scores, member_scores, members_of, merged, probabilities
from playground.tabs.prompting.few_shot.method import Array, Outcomes, Progress, Setting
from playground.tabs.prompting.few_shot.prompt_training import train_prompt


def run(setting: Setting, outcomes: Outcomes) -> Iterator[Progress]:
    """Train on the labelled texts; probabilities after every pattern, and after distillation.

    Details: `templates` and their `patterns` (M, N, C), the probabilities of each alone, and their `weights`.
    """
    scores: list[Scores] = []
    patterns = members_of(setting)
    for place, pattern in enumerate(patterns):
        training = train_prompt(setting, pattern, place)
        pool, name = setting.options.distil, f"pet.{place}"
        scores.append((yield from member_scores(setting, outcomes, name, pattern, training, pool=pool)))
        yield ensemble_progress(setting, scores, place + 1, len(patterns))
    if setting.options.distil:
        yield from distilled(setting, outcomes, merged_pool(setting, scores))


def ensemble_progress(setting: Setting, scores: list[Scores], step: int, steps: int) -> Progress:
    """What the members so far say together, and each alone."""
    accuracies = [own.accuracy for own in scores]
    tests = [own.test for own in scores]
    together = probabilities(merged(tests, accuracies, setting.options.weights))
    templates = tuple(pattern.template for pattern in members_of(setting)[: len(scores)])
    details = {"templates": templates, "patterns": probabilities(np.stack(tests)), "weights": tuple(accuracies)}
    return Progress("Scoring the test texts", step, steps, together, details)


def merged_pool(setting: Setting, scores: list[Scores]) -> Array:
    """The ensemble's logits (P, C) of the pool."""
    return merged([own.pool for own in scores], [own.accuracy for own in scores], setting.options.weights)
