"""Figures of generated texts: how many end, how often they repeat themselves, how varied they are.

1. Welleck et al. 2020, arXiv 2002.02492: the non-termination ratio r_L.
2. Welleck et al. 2020, arXiv 1908.04319: seq-rep-n, over all n-grams of a continuation.
3. Su et al. 2022, arXiv 2202.06417: diversity, the product of 1 - rep-n for n = 2, 3, 4.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LONGEST_PERIOD = 200
FEWEST_COPIES = 3


def wilson_interval(hits: int, trials: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's 95 % score interval of a share (Wilson 1927); never empty at 0 or 1."""
    if not trials:
        return 0.0, 1.0
    share, weight = hits / trials, z * z / trials
    middle = share + weight / 2
    spread = z * math.sqrt(share * (1 - share) / trials + weight / (4 * trials))
    return max(0.0, (middle - spread) / (1 + weight)), min(1.0, (middle + spread) / (1 + weight))


def grid(limit: int) -> Ints:
    """Numbers of tokens from 0 to `limit`, (G,), dense at first."""
    steps = np.geomspace(1, limit, 80).round().astype(np.int64)
    return np.unique(np.concatenate([[0], steps, [limit]]))


def survival(lengths: Ints, stopped: Bools, steps: Ints) -> Floats:
    """The share of texts still running after each number of tokens, (G,); lengths (N,) count <eos>."""
    if not len(lengths):
        return np.ones(len(steps))
    ends = np.sort(lengths[stopped])
    share: Floats = 1 - np.searchsorted(ends, steps, side="right") / len(lengths)
    return share


def repetition(tokens: Ints, longest: int = 4) -> Floats:
    """seq-rep-n of one text for n = 1 to `longest`: the share of its n-grams that stood before.

    All T - n + 1 n-grams count; NaN where the text is too short for one.
    """
    _, ids = np.unique(tokens, return_inverse=True)
    base = int(ids.max(initial=0)) + 1  # at most the length, so that codes fit 64 bits
    codes, shares = ids, np.full(longest, np.nan)
    for n in range(1, longest + 1):
        if n > 1:
            codes = codes[:-1] * base + ids[n - 1 :]
        if not len(codes):
            break
        shares[n - 1] = 1 - len(np.unique(codes)) / len(codes)
    return shares


class Distinct:
    """distinct-n over all texts of a decoder: different n-grams by all n-grams, for n = 1, 2, 3."""

    def __init__(self, vocabulary: int, longest: int = 3) -> None:
        if vocabulary**longest >= 2**63:
            raise ValueError("n-grams of so large a vocabulary do not fit 64 bits")
        self._vocabulary = vocabulary
        self._seen: list[Ints] = [np.empty(0, dtype=np.int64) for _ in range(longest)]
        self._count = [0] * longest

    def add(self, texts: list[Ints]) -> None:
        """Count the n-grams of more texts."""
        for i, seen in enumerate(self._seen):
            codes = [self._codes(text, i + 1) for text in texts]
            self._count[i] += sum(map(len, codes))
            self._seen[i] = np.unique(np.concatenate([seen, *codes]))

    def _codes(self, text: Ints, n: int) -> Ints:
        size = max(0, len(text) - n + 1)
        codes = np.zeros(size, dtype=np.int64)
        for shift in range(n):
            codes = codes * self._vocabulary + text[shift : shift + size]
        return codes

    def shares(self) -> Floats:
        """distinct-1 to distinct-3, NaN without n-grams."""
        pairs = zip(self._seen, self._count, strict=True)
        return np.array([len(seen) / count if count else np.nan for seen, count in pairs])


def diversity(seq_rep: Floats) -> float:
    """The product of 1 - rep-n for n = 2, 3, 4; seq_rep (4,)."""
    return float(np.prod(1 - seq_rep[1:]))


def ends_in_loop(tokens: Ints) -> Bools:
    """Which texts (N, T), all of one length, end in at least three copies of a stretch of at most 200 tokens."""
    rows, length = tokens.shape
    found = np.zeros(rows, dtype=bool)
    for period in range(1, min(LONGEST_PERIOD, length // FEWEST_COPIES) + 1):
        size = (FEWEST_COPIES - 1) * period
        found |= (tokens[:, length - size :] == tokens[:, length - size - period : length - period]).all(axis=1)
    return found
