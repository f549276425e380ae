"""What a run reports: the question as the model reads it, and the answers of all patterns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Question(Frame):
    """N texts, P patterns, and C labels with W words in all, label after label.

    gold (N,) are the places of the right labels, -1 where unknown. pieces are each word's tokens, and usable says
    which words are one known token; the run goes on only if all are.
    """

    texts: tuple[str, ...]
    gold: Ints
    patterns: tuple[str, ...]
    labels: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    pieces: tuple[tuple[tuple[str, ...], ...], ...]
    usable: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True)
class Answers(Frame):
    """Class probabilities before and after calibration, and what may have gone wrong.

    before and after (P, N, C) are those of every pattern, ensemble_before and ensemble_after (N, C) those of all
    together by weights (P,). accuracy (4, P + 2) has a row for each calibration and a column for each pattern, their
    mean and their weighted mean; it is NaN without labels. blank and unlabelled (P, C) are the mean class
    probabilities of texts without content and of unlabelled ones. word_blank and word_mean (P, W) are the
    probabilities of the label words among the whole vocabulary, without content and on average over the texts;
    word_counts (W,) says how often each stands in the texts read, which are `tokens` long. cut texts were too long;
    unknown is the share of tokens that the model does not know.
    """

    before: Floats
    after: Floats
    ensemble_before: Floats
    ensemble_after: Floats
    weights: Floats
    accuracy: Floats
    blank: Floats
    unlabelled: Floats
    word_blank: Floats
    word_mean: Floats
    word_counts: Ints
    tokens: int
    cut: int
    unknown: float
