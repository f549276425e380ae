"""The plainest rival: logistic regression on the vectors of a sentence encoder that nobody trains."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from playground.tabs.prompting.few_shot.label_words import targets_of
from playground.tabs.prompting.few_shot.method import Array, Outcomes, Progress, Setting
from playground.tabs.prompting.few_shot.sentences import embed


def run(setting: Setting, outcomes: Outcomes) -> Iterator[Progress]:
    """Fit the labelled texts; the only probabilities come last."""
    if "probe" not in outcomes:
        train = yield from embed(setting, [example.text for example in setting.train])
        test = yield from embed(setting, setting.test, kept=True)
        outcomes["probe"] = fitted(setting, train, test)
    yield Progress("Done", 1, 1, outcomes["probe"])


def fitted(setting: Setting, train: Tensor, test: Tensor) -> Array:
    """Probabilities (N, C) of test vectors under logistic regression on the vectors of the labelled texts."""
    targets = targets_of(setting, [example.label for example in setting.train]).cpu().numpy()
    regression = LogisticRegression(max_iter=1000).fit(train.cpu().double().numpy(), targets)
    return np.asarray(regression.predict_proba(test.cpu().double().numpy()), dtype=np.float32)
