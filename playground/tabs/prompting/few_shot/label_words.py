"""The label words of a setting as token ids, and the score that they give every label: PET's mean of raw logits."""

from __future__ import annotations

from itertools import accumulate

import torch
from torch import Tensor

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.few_shot.method import Setting
from playground.tabs.prompting.few_shot.prompt_model import PromptModel
from playground.tabs.prompting.label_scores import pet_scores
from playground.tabs.prompting.verbalizers import Verbalizer, label_ids

NO_WORDS = "The label “{label}” has no label words: add a line for it."


class LabelWords:
    """The ids (W,) of all label words, label after label, and which of them are whose."""

    def __init__(self, setting: Setting) -> None:
        self.of_label = _ids(setting)
        self.ids = torch.tensor([id for ids in self.of_label for id in ids], device=setting.model.device)
        ends = list(accumulate(map(len, self.of_label)))
        self._own = [range(end - len(ids), end) for end, ids in zip(ends, self.of_label, strict=True)]

    def scores(self, model: PromptModel, answers: Tensor) -> Tensor:
        """Scores (N, C) of the model's answers (N, D) at the mask; no other word is looked at."""
        return pet_scores(model.logits(answers, self.ids), self._own)


def _ids(setting: Setting) -> tuple[tuple[int, ...], ...]:
    words = setting.verbalizer.words
    for label in setting.labels:
        if label not in words:
            raise InvalidRequest(NO_WORDS, label=label)
    return label_ids(Verbalizer({label: words[label] for label in setting.labels}), setting.model.tokenizer)


def targets_of(setting: Setting, labels: list[str]) -> Tensor:
    """The place (N,) of every label among the setting's."""
    place = {label: number for number, label in enumerate(setting.labels)}
    return torch.tensor([place[label] for label in labels], device=setting.model.device)
