from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import log_softmax, softmax

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.few_shot.distillation import distillation_loss
from tests.tabs.prompting.few_shot.tiny_settings import finished, tiny_setting


@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_the_loss_equals_its_formula(temperature: float) -> None:
    student, teacher = np.random.default_rng(0).normal(size=(2, 5, 3))
    p = softmax(teacher / temperature, axis=1)
    log_q = log_softmax(student / temperature, axis=1)
    naive = (p * (np.log(p) - log_q)).sum(axis=1).mean() * temperature**2
    own = distillation_loss(torch.tensor(student), torch.tensor(teacher), temperature)
    assert own.item() == pytest.approx(naive, rel=1e-9)


def test_who_agrees_with_the_teacher_has_no_loss() -> None:
    logits = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    assert distillation_loss(logits + 5, logits).item() == pytest.approx(0, abs=1e-6)


def test_without_texts_to_label_there_is_a_sentence() -> None:
    with pytest.raises(InvalidRequest, match="turn distillation off"):
        finished("pet", tiny_setting(unlabelled=(), options={"distil": True}))
