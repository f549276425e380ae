"""What the exhibits report: one frame a sentence, one a pair of sentences, or one of influences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Scored(Frame):
    """A sentence of n tokens under two models: first T-TA in one pass, then the masked language model in n.

    log_probability (2, n) is each token's given all others, in nats; instead holds, for each model and token, the
    likeliest token in its place. seconds (2,) is processor time, read (2,) how many tokens went through the model.
    """

    tokens: tuple[str, ...]
    log_probability: Floats
    instead: tuple[tuple[str, ...], tuple[str, ...]]
    seconds: Floats
    read: Ints


@dataclass(frozen=True)
class Pair(Frame):
    """A sentence and the same one with a wrong word; scores (2, 2) sum log-probabilities: model by right and wrong.

    right and wrong are the words, found (2,) whether the wrong one was the least probable token. seconds and read as in
    Scored, of both sentences.
    """

    text: str
    right: str
    wrong: str
    scores: Floats
    found: npt.NDArray[np.bool_]
    seconds: Floats
    read: Ints


@dataclass(frozen=True)
class Influence(Frame):
    """How strongly token j moves output i: matrices (4, T, T), row i, column j, of T-TA and with three leaks.

    An entry is the length of the gradient of ln p(token i | others) with respect to the word vector of token j.
    """

    tokens: tuple[str, ...]
    matrices: Floats
