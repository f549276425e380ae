"""From label-word logits to class probabilities: an order of operations, a calibration, an ensemble."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from playground.tabs.prompting.calibration import content_free, unlabelled_mean, unlabelled_median
from playground.tabs.prompting.label_scores import (
    Ids,
    openprompt_scores,
    pet_scores,
    sum_scores,
    word_probabilities,
)
from playground.tabs.prompting.request import Calibration, Order

SCORES: Mapping[Order, Callable[[Tensor, Ids], Tensor]] = {
    "PET": pet_scores,
    "OpenPrompt": openprompt_scores,
    "sum": sum_scores,
}


@dataclass(frozen=True)
class Reading:
    """Logits (…, W) of the label words at one pattern's mask, label after label, for every list of texts."""

    texts: Tensor
    blank: Tensor
    unlabelled: Tensor
    labelled: Tensor


def scores(reading: Reading, ids: Ids, order: Order, calibration: Calibration) -> Tensor:
    """Scores (N, C) of a pattern's texts, whose softmax gives class probabilities.

    OpenPrompt calibrates word by word, with the softmax of the mean logits as the prior; everything else, and the
    median, label by label.
    """
    score = SCORES[order]
    reference = reading.blank if calibration == "content-free" else reading.unlabelled
    if calibration == "none":
        return score(reading.texts, ids)
    if order == "OpenPrompt" and calibration != "median":
        prior = word_probabilities(reference.mean(dim=0, keepdim=True), ids)[0]
        return openprompt_scores(reading.texts, ids, prior)
    calibrated = {"content-free": content_free, "mean": unlabelled_mean, "median": unlabelled_median}[calibration]
    return calibrated(score(reading.texts, ids), score(reference, ids))


def merged(scores: Sequence[Tensor], weights: Tensor) -> Tensor:
    """The weighted mean (N, C) of every pattern's scores, as PET merges its models."""
    return torch.einsum("p,pnc->nc", weights / weights.sum(), torch.stack(list(scores)))


def accuracy_weights(readings: Sequence[Reading], ids: Ids, order: Order, gold: Sequence[int]) -> Tensor:
    """PET's weights (P,): each pattern's accuracy on labelled texts before any training; alike if there are none."""
    if not gold:
        return torch.ones(len(readings))
    found = (accuracy(SCORES[order](reading.labelled, ids), gold) for reading in readings)
    weights = torch.tensor(list(found))
    return weights if bool(weights.any()) else torch.ones(len(readings))


def accuracy(scores: Tensor, gold: Sequence[int]) -> float:
    """The share of texts with a known label that get it; NaN where none is known."""
    known = torch.tensor(gold) >= 0
    if not bool(known.any()):
        return float("nan")
    return float((scores.argmax(dim=1) == torch.tensor(gold))[known].float().mean())
