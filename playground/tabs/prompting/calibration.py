"""Calibration: what the labels score before any text is read is taken away from what they score with it.

Scores are logits or log-probabilities (N, C); their softmax over C gives class probabilities.
"""

from __future__ import annotations

import torch
from torch import Tensor


def content_free(scores: Tensor, blank: Tensor) -> Tensor:
    """Scores (N, C) less the log of the mean probability given texts without content, scored `blank` (B, C).

    Zhao et al. 2021, arXiv 2102.09690: the class probabilities are p / p_blank, normalised.
    """
    return scores - _log_mean(blank)


def unlabelled_mean(scores: Tensor, unlabelled: Tensor) -> Tensor:
    """Scores (N, C) less the log of the mean probability over unlabelled texts, scored (U, C).

    Zhou et al. 2024, arXiv 2309.17249.
    """
    return scores - _log_mean(unlabelled)


def unlabelled_median(scores: Tensor, unlabelled: Tensor) -> Tensor:
    """Scores (N, C) less the median of every label over unlabelled texts, scored (U, C).

    With two labels half of the unlabelled texts then lean either way.
    """
    return _centred(scores) - _centred(unlabelled).quantile(0.5, dim=0)


def _log_mean(scores: Tensor) -> Tensor:
    """The log of the mean class probabilities (C,)."""
    log_p = torch.log_softmax(scores, dim=1)
    return log_p.logsumexp(dim=0) - torch.log(torch.tensor(float(len(scores)), device=scores.device))


def _centred(scores: Tensor) -> Tensor:
    return scores - scores.mean(dim=1, keepdim=True)
