"""What a run of the panel reports: the texts, how alike they are, where they lie, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Corpus(Frame):
    """The texts that are compared, and what making or recalling their vectors took, in seconds by the clock.

    `notes` are sentences, each a template with its values.
    """

    name: str
    model: str
    reranker: str
    texts: tuple[str, ...]
    seconds: float
    notes: tuple[tuple[str, Mapping[str, str]], ...]


@dataclass(frozen=True)
class Similarities(Frame):
    """Cosines (n, n) of the first n texts, and their merges (n − 1, 4) by average linkage."""

    cosines: Floats
    merges: Doubles


@dataclass(frozen=True)
class Compared(Frame):
    """Each text's nearest other one (N,) with their cosine (N,), and the pairs (P, 2) most alike with theirs (P,)."""

    nearest: Ints
    cosines: Floats
    pairs: Ints
    pair_cosines: Floats


@dataclass(frozen=True)
class Placed(Frame):
    """Points (N, 2) on the plane; `shares` (2,) of the variance where they are principal components, else empty."""

    points: Floats
    shares: Floats
    merges: Doubles


@dataclass(frozen=True)
class Found(Frame):
    """The answers to a query, in the encoder's order: their places, texts and cosines (K,).

    `scores` (K,) are the cross-encoder's logits, empty before it has read. `seconds` by the clock: reading the query,
    search, re-ranking.
    """

    query: str
    places: Ints
    texts: tuple[str, ...]
    cosines: Floats
    scores: Doubles
    seconds: tuple[float, float, float]


@dataclass(frozen=True)
class Judged(Frame):
    """One query whose answers are known: the rank of its first answer, 0 where none is among the candidates.

    `ranks` are those in the order of the encoder and, if there is one, of the cross-encoder; `seconds` (2,) are what
    search and re-ranking took.
    """

    query: str
    ranks: Ints
    seconds: Doubles
