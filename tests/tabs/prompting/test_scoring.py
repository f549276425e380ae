from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from playground.tabs.prompting.label_scores import openprompt_scores, pet_scores
from playground.tabs.prompting.scoring import Reading, accuracy, accuracy_weights, merged, scores

IDS = (range(2), range(2, 5))


def random(rows: int, seed: int) -> Tensor:
    return 3 * torch.randn(rows, 5, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def reading() -> Reading:
    return Reading(random(6, 0), random(3, 1), random(9, 2), random(4, 3))


def test_openprompt_calibrates_by_the_softmax_of_the_mean_logits_over_all_label_words(reading: Reading) -> None:
    found = scores(reading, IDS, "OpenPrompt", "mean")
    prior = torch.softmax(reading.unlabelled.mean(dim=0), dim=0)
    torch.testing.assert_close(found, openprompt_scores(reading.texts, IDS, prior))


@pytest.mark.parametrize("order", ["PET", "OpenPrompt", "sum"])
def test_content_free_looks_at_texts_without_content_only(reading: Reading, order: str) -> None:
    other = Reading(reading.texts, reading.blank, random(9, 7), reading.labelled)
    one, same = (scores(each, IDS, order, "content-free") for each in (reading, other))  # type: ignore[arg-type]
    torch.testing.assert_close(one, same)


def test_merging_weighs_the_patterns() -> None:
    one, other = random(4, 5), random(4, 6)
    torch.testing.assert_close(merged([one, other], torch.tensor([1.0, 3.0])), one / 4 + 3 * other / 4)


def test_patterns_weigh_by_their_accuracy_on_labelled_texts(reading: Reading) -> None:
    right = pet_scores(reading.labelled, IDS).argmax(dim=1).tolist()
    half = [right[0], right[1], 1 - right[2], 1 - right[3]]
    assert accuracy_weights([reading], IDS, "PET", right).tolist() == [1.0]
    assert accuracy_weights([reading], IDS, "PET", half).tolist() == [0.5]


def test_patterns_that_get_nothing_right_weigh_alike(reading: Reading) -> None:
    wrong = (1 - pet_scores(reading.labelled, IDS).argmax(dim=1)).tolist()
    assert accuracy_weights([reading, reading], IDS, "PET", wrong).tolist() == [1.0, 1.0]


def test_accuracy_leaves_out_unknown_labels() -> None:
    assert accuracy(torch.eye(3), [0, -1, 0]) == 0.5
    assert math.isnan(accuracy(torch.eye(2), [-1, -1]))
