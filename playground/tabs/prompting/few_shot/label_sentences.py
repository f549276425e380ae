"""The rival without labels: how near a text's vector is to those of sentences that say the label.

Such a sentence is a pattern without the text, its mask filled with a label word: “It was great.”
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from playground.tabs.prompting.few_shot.method import Outcomes, Progress, Setting
from playground.tabs.prompting.few_shot.sentences import embed
from playground.tabs.prompting.patterns import MASK, TEXT

TEMPERATURE = 0.05  # that cosines are divided by; it does not change which label is first


def run(setting: Setting, outcomes: Outcomes) -> Iterator[Progress]:
    """Compare every test text with every label; the only probabilities come last."""
    if "sentences" not in outcomes:
        test = yield from embed(setting, setting.test, kept=True)
        labels = []
        for label in setting.labels:
            of_label = yield from embed(setting, sentences_of(setting, label))
            labels.append(of_label.mean(dim=0))
        cosines = test @ nn.functional.normalize(torch.stack(labels), dim=1).T  # (N, C)
        outcomes["sentences"] = torch.softmax(cosines / TEMPERATURE, dim=1).cpu().numpy()
    yield Progress("Done", 1, 1, outcomes["sentences"])


def sentences_of(setting: Setting, label: str) -> list[str]:
    """What every pattern says of nothing with each of the label's words."""
    templates = [" ".join(pattern.template.replace(TEXT, "").split()) for pattern in setting.patterns]
    return [template.replace(MASK, word) for template in templates for word in setting.verbalizer.words[label]]
