"""From what the model says at the masks to the answers of the run, and to the figures that explain them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.tabs.prompting.frames import Answers, Floats
from playground.tabs.prompting.label_scores import Ids
from playground.tabs.prompting.material import Material
from playground.tabs.prompting.patterns import LONGEST, Prompt
from playground.tabs.prompting.request import CALIBRATIONS, Calibration, PromptingRequest
from playground.tabs.prompting.scoring import SCORES, Reading, accuracy, accuracy_weights, merged, scores


class Sheet:
    """Logits (…, W) of the label words for every prompt, and the logarithm of the whole softmax's denominator.

    `ids` are the places of each label's words among the W, `flat` their tokens.
    """

    def __init__(self, prompts: int, ids: Ids) -> None:
        self.flat = [id for of_label in ids for id in of_label]
        ends = np.cumsum([0, *map(len, ids)]).tolist()
        self.ids = [range(first, last) for first, last in pairwise(ends)]
        self.logits = torch.empty(prompts, len(self.flat))
        self.log_z = torch.empty(prompts)

    def write(self, places: list[int], logits: Tensor) -> None:
        """Keep what is needed of the logits (n, V) of some prompts."""
        self.logits[places] = logits[:, self.flat].cpu()
        self.log_z[places] = logits.logsumexp(dim=1).cpu()

    def probabilities(self) -> Tensor:
        """Of the label words (…, W), among the whole vocabulary."""
        return (self.logits - self.log_z[:, None]).exp()


def answers(
    request: PromptingRequest, material: Material, sheet: Sheet, prompts: Sequence[Sequence[Prompt]], tokenizer: Any
) -> Answers:
    """The answers of P patterns to the prompts of each, which stand in the sheet one pattern behind the other."""
    ids, gold = sheet.ids, material.gold
    readings = [_reading(material, logits) for logits in sheet.logits.chunk(len(prompts))]
    words = [_reading(material, p) for p in sheet.probabilities().chunk(len(prompts))]
    own = torch.tensor(request.own_weights())
    heavy = own if len(own) else accuracy_weights(readings, ids, request.order, material.labelled_gold)
    weights = {"mean": torch.ones(len(prompts)), "weighted": heavy}

    def scored(calibration: Calibration) -> list[Tensor]:
        return [scores(reading, ids, request.order, calibration) for reading in readings]

    def accuracies(calibration: Calibration) -> list[float]:
        of_patterns = scored(calibration)
        together = (merged(of_patterns, weight) for weight in weights.values())
        return [accuracy(each, gold) for each in (*of_patterns, *together)]

    def priors(name: str) -> Floats:
        score = SCORES[request.order]
        return _stacked([torch.softmax(score(getattr(r, name), ids), dim=1).mean(dim=0) for r in readings])

    before, after = scored("none"), scored(request.calibration)
    chosen = weights[request.ensemble]
    tokens = [id for prompt in prompts[0][: len(material.texts)] for id in prompt.ids]
    counts = Counter(tokens)
    return Answers(
        done=1.0,
        before=_probabilities(before),
        after=_probabilities(after),
        ensemble_before=_probabilities([merged(before, chosen)])[0],
        ensemble_after=_probabilities([merged(after, chosen)])[0],
        weights=(chosen / chosen.sum()).numpy(),
        accuracy=np.array([accuracies(calibration) for calibration in CALIBRATIONS], dtype=np.float32),
        blank=priors("blank"),
        unlabelled=priors("unlabelled"),
        word_blank=_stacked([p.blank.mean(dim=0) for p in words]),
        word_mean=_stacked([p.texts.mean(dim=0) for p in words]),
        word_counts=np.array([counts[id] for id in sheet.flat], dtype=np.int64),
        tokens=len(tokens),
        cut=sum(len(prompt.ids) == LONGEST for prompt in prompts[0][: len(material.texts)]),
        unknown=counts[tokenizer.unk_token_id] / len(tokens),
    )


def _reading(material: Material, rows: Tensor) -> Reading:
    """The rows of one pattern by the list of texts that they belong to; own texts are their own unlabelled ones."""
    first = [len(material.texts), len(material.blank), len(material.labelled)]
    texts, blank, labelled, rest = rows.split([*first, len(rows) - sum(first)])  # type: ignore[no-untyped-call]
    return Reading(texts, blank, rest if len(rest) else texts, labelled)


def _probabilities(scores: Sequence[Tensor]) -> Floats:
    return _stacked([torch.softmax(each, dim=1) for each in scores])


def _stacked(tensors: Sequence[Tensor]) -> Floats:
    stacked: Floats = torch.stack(list(tensors)).numpy()
    return stacked
