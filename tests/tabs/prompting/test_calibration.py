from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from playground.tabs.prompting.calibration import content_free, unlabelled_mean, unlabelled_median

SEEDS = st.integers(0, 10_000)


def random_scores(seed: int, texts: int, labels: int = 3) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 3 * torch.randn(texts, labels, generator=generator, dtype=torch.float64)


@given(SEEDS)
@settings(max_examples=20)
def test_a_prior_divides_the_class_probabilities(seed: int) -> None:
    scores, blank = random_scores(seed, 6), random_scores(seed + 1, 4)
    naive = torch.softmax(scores, dim=1) / torch.softmax(blank, dim=1).mean(dim=0)
    naive = naive / naive.sum(dim=1, keepdim=True)
    torch.testing.assert_close(torch.softmax(content_free(scores, blank), dim=1), naive)
    torch.testing.assert_close(torch.softmax(unlabelled_mean(scores, blank), dim=1), naive)


@given(SEEDS, st.integers(1, 12))
@settings(max_examples=20)
def test_the_median_of_every_centred_label_becomes_zero(seed: int, texts: int) -> None:
    scores = random_scores(seed, texts)
    centred = scores.numpy() - scores.numpy().mean(axis=1, keepdims=True)
    naive = centred - np.median(centred, axis=0)
    np.testing.assert_allclose(unlabelled_median(scores, scores), naive, atol=1e-12)


def test_half_of_the_unlabelled_texts_lean_either_way() -> None:
    scores = random_scores(1, 10, labels=2) + torch.tensor([5.0, 0.0])
    assert int((unlabelled_median(scores, scores).argmax(dim=1) == 0).sum()) == 5


def test_the_median_undoes_a_number_added_to_a_label_of_every_text() -> None:
    scores, offset = random_scores(2, 7), torch.tensor([2.0, -1.0, 0.5])
    torch.testing.assert_close(unlabelled_median(scores + offset, scores + offset), unlabelled_median(scores, scores))
