"""A bigram decoder of children's storybooks: counts, next-token distributions, and what a cut leaves.

Distributions are (n, n + 1): a row for each of n tokens, a column for each next one, <eos> last.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from playground.runtime.settings import REPOSITORY

Floats = npt.NDArray[np.float64]
Eos = Literal["plain", "kept", "dropped"]

STORYBOOKS = REPOSITORY / "assets" / "storybooks-bigrams.json"  # made by models.recipes.storybooks_bigrams


@dataclass(frozen=True)
class Counts:
    """Bigram counts: texts of n tokens, starts (n,) of paragraphs, counts (n, n + 1) with <eos> last."""

    texts: tuple[str, ...]
    starts: Floats
    counts: Floats


@cache
def storybooks() -> Counts:
    """The counts that ship: 255 frequent tokens of children's storybooks."""
    table = json.loads(STORYBOOKS.read_text(encoding="utf-8"))
    return Counts(tuple(table["texts"]), np.array(table["starts"], float), np.array(table["counts"], float))


def distributions(counts: Floats, temperature: float = 1.0) -> Floats:
    """Next-token probabilities (n, n + 1) from counts of that shape.

    One more observation a row is spread over the columns by their frequency, so that nothing is
    impossible, as under a softmax. A temperature above 1 flattens each row.
    """
    frequency = counts.sum(axis=0) + 1.0
    logits = np.log(counts + frequency / frequency.sum()) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def top_k(p: Floats, k: int, eos: Eos = "plain") -> Floats:
    """Every row cut to its k most probable entries and renormalised; p and result (n, n + 1).

    <eos> is cut like any other where `eos` is "plain"; "kept" keeps it whatever its rank, which is
    consistent top-k; "dropped" takes it out before the cut. Among equals the earlier column stays.
    """
    return _cut(p, lambda ordered: np.broadcast_to(np.arange(ordered.shape[1]) < k, ordered.shape), eos)


def nucleus(p: Floats, mass: float, eos: Eos = "plain") -> Floats:
    """Every row cut to the fewest most probable entries that reach the mass together; otherwise as top_k."""
    return _cut(p, lambda ordered: (ordered.cumsum(axis=1) - ordered < mass) | (mass >= 1), eos)


def _cut(p: Floats, stays: Callable[[Floats], npt.NDArray[np.bool_]], eos: Eos) -> Floats:
    """Rows renormalised over the entries that stay; `stays` sees each row in falling order."""
    if eos == "dropped":
        p = np.column_stack([p[:, :-1], np.zeros(len(p))])
        p = p / p.sum(axis=1, keepdims=True)
    order = np.argsort(-p, axis=1, kind="stable")
    kept = np.zeros(p.shape, dtype=bool)
    np.put_along_axis(kept, order, stays(np.take_along_axis(p, order, axis=1)), axis=1)
    if eos == "kept":
        kept[:, -1] = True
    cut = np.where(kept, p, 0.0)
    return np.asarray(cut / cut.sum(axis=1, keepdims=True))
