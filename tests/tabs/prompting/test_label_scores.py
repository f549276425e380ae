from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from playground.tabs.prompting.label_scores import openprompt_scores, pet_scores, sum_scores, word_probabilities

IDS = ((3, 5, 1), (7, 2), (4,))
SEEDS = st.integers(0, 10_000)


def random_logits(seed: int) -> Tensor:
    return 4 * torch.randn(5, 9, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def random_prior(seed: int) -> Tensor:
    return torch.softmax(torch.randn(6, generator=torch.Generator().manual_seed(seed), dtype=torch.float64), dim=0)


def test_pet_takes_the_mean_of_raw_logits() -> None:
    logits = random_logits(0)
    naive = [[np.mean([float(row[id]) for id in words]) for words in IDS] for row in logits]
    np.testing.assert_allclose(pet_scores(logits, IDS), naive)


@given(SEEDS)
@settings(max_examples=20)
def test_openprompt_divides_normalises_takes_the_log_and_then_the_mean(seed: int) -> None:
    logits, prior = random_logits(seed), random_prior(seed)
    for row, found in zip(logits, openprompt_scores(logits, IDS, prior), strict=True):
        words = [id for of_label in IDS for id in of_label]
        p = np.exp([float(row[id]) for id in words])
        p = p / p.sum() / prior.numpy()
        log_p = dict(zip(words, np.log(p / p.sum()), strict=True))
        np.testing.assert_allclose(found, [np.mean([log_p[id] for id in of_label]) for of_label in IDS])


@given(SEEDS)
@settings(max_examples=20)
def test_without_a_prior_both_orders_give_the_same_class_probabilities(seed: int) -> None:
    logits = random_logits(seed)
    both = (torch.softmax(score(logits, IDS), dim=1) for score in (pet_scores, openprompt_scores))
    torch.testing.assert_close(*both)


@given(SEEDS)
@settings(max_examples=20)
def test_the_sum_is_the_log_of_the_mean_probability(seed: int) -> None:
    logits = random_logits(seed)
    p = torch.softmax(logits, dim=1)
    naive = torch.stack([p[:, list(words)].mean(dim=1).log() for words in IDS], dim=1)
    torch.testing.assert_close(sum_scores(logits, IDS) - logits.logsumexp(dim=1, keepdim=True), naive)


def test_one_fitting_word_is_enough_for_the_sum_and_not_for_the_mean() -> None:
    logits = torch.tensor([[0.0, 10.0, -10.0, 5.0]])
    ids = ((1, 2), (3,))
    assert pet_scores(logits, ids).argmax() == 1
    assert sum_scores(logits, ids).argmax() == 0


def test_with_one_word_a_label_all_three_are_the_softmax_over_the_label_words() -> None:
    logits, ids = random_logits(3), ((1,), (4,), (2,))
    for score in (pet_scores, openprompt_scores, sum_scores):
        torch.testing.assert_close(torch.softmax(score(logits, ids), dim=1), word_probabilities(logits, ids))
