"""Distillation: an ensemble's soft labels of the pool teach one classifier (Hinton et al. 2015, arXiv 1503.02531)."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.few_shot.classifier import train_classifier
from playground.tabs.prompting.few_shot.ensemble import probabilities
from playground.tabs.prompting.few_shot.method import Array, Outcomes, Progress, Setting

TEMPERATURE = 2.0  # PET's
NO_POOL = "There are no texts without labels to learn from: add some, or turn distillation off."


def distillation_loss(student: Tensor, teacher: Tensor, temperature: float = TEMPERATURE) -> Tensor:
    """KL(softmax(teacher / T) ‖ softmax(student / T)) · T², the mean over the batch, of logits (B, C)."""
    log_p = torch.log_softmax(student / temperature, dim=1)
    soft = torch.softmax(teacher / temperature, dim=1)
    return nn.functional.kl_div(log_p, soft, reduction="batchmean") * temperature**2


def distilled(setting: Setting, outcomes: Outcomes, teacher: Array) -> Iterator[Progress]:
    """Train a classifier on the pool under the teacher's logits (P, C); the last progress has its probabilities.

    Raises:
        InvalidRequest: no pool.
    """
    if not setting.unlabelled:
        raise InvalidRequest(NO_POOL)
    if "distilled" not in outcomes:
        soft = torch.tensor(teacher, device=setting.model.device)
        logits = yield from train_classifier(setting, setting.unlabelled, distillation_loss, soft, "Distilling")
        outcomes["distilled"] = logits.numpy()
    yield Progress("Done", 1, 1, probabilities(outcomes["distilled"]))
