"""What a run reports: the methods, each one's score, and why where it can be said token by token."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Question(Frame):
    """The language the pair is read in and the ids of the methods that will compare it."""

    language: str
    methods: tuple[str, ...]


@dataclass(frozen=True)
class Scored(Frame):
    """How alike a method finds the pair, and how many seconds it took over both texts, nothing remembered.

    scores hold one number, for a conditional method two: those of criterion A and of B.
    """

    method: str
    scores: tuple[float, ...]
    seconds: float


@dataclass(frozen=True)
class Aligned(Frame):
    """Cosines (S, T) of the S tokens of the first text and the T tokens of the second one."""

    method: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    cosines: Floats


@dataclass(frozen=True)
class Occluded(Frame):
    """How far the score falls when a word is left out: (C, S) and (C, T) for C criteria and the words of both texts.

    first and second are the texts cut into pieces, of which the odd ones (1, 3, …) are these words.
    """

    method: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    first_falls: Floats
    second_falls: Floats
