"""What the panel reports: the guesses at every mask, each word that was tried, and every way to fill all masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Guesses(Frame):
    """The text's tokens, the places (M,) of its masks among them, and the K likeliest tokens at each.

    likeliest (M, K) are their texts, probability (M, K) theirs, entropy (M,) that of the whole distribution, in nats.
    """

    tokens: tuple[str, ...]
    masks: Ints
    likeliest: tuple[tuple[str, ...], ...]
    probability: Floats
    entropy: Floats


@dataclass(frozen=True)
class TriedWord(Frame):
    """A word at its mask: its n pieces, whether the model knows them all, and their natural log-probabilities.

    log_probability (3, n), and turn (3, n), when a piece was filled from 0: parallel, left to right, confidence first.
    """

    word: str
    pieces: tuple[str, ...]
    known: bool
    log_probability: Floats
    turn: Ints


@dataclass(frozen=True)
class Filled(Frame):
    """All masks filled with the likeliest tokens in one of the three orders: text, tokens and, as above, (M,) each."""

    order: str
    text: str
    tokens: tuple[str, ...]
    log_probability: Floats
    turn: Ints
