"""The rival that knows no prompt: fine-tuning of [CLS] (Devlin et al. 2019, arXiv 1810.04805), on the same net."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

from playground.tabs.prompting.few_shot.classifier import train_classifier
from playground.tabs.prompting.few_shot.ensemble import probabilities
from playground.tabs.prompting.few_shot.label_words import targets_of
from playground.tabs.prompting.few_shot.method import Outcomes, Progress, Setting


def run(setting: Setting, outcomes: Outcomes) -> Iterator[Progress]:
    """Train on the labelled texts; the last progress has the probabilities."""
    texts = [example.text for example in setting.train]
    targets = targets_of(setting, [example.label for example in setting.train])
    if "cls" not in outcomes:
        logits = yield from train_classifier(setting, texts, nn.functional.cross_entropy, targets, "Training")
        outcomes["cls"] = logits.numpy()
    yield Progress("Done", 1, 1, probabilities(outcomes["cls"]))
