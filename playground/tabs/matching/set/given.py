"""The pairs that a request is about, in two parts: one to choose the threshold on, one to report on."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Note
from playground.runtime.errors import InvalidRequest
from playground.tabs.matching.metrics import Bools, Floats
from playground.tabs.matching.pair_sets import Pair, load_pairs
from playground.tabs.matching.set.request import MatchingSetRequest
from playground.tabs.matching.set.uploaded import read_pairs
from playground.tabs.matching.steps import Step

PASTED = "pasted.csv"  # reads well in every language
TOO_FEW = (
    "Only {count} pairs of {name} are alike, or only so many different: each needs two, one to choose on and one to "
    "report on. Add pairs, or move “Alike from”."
)

Read = Callable[[str], bytes]


@dataclass(frozen=True)
class Given:
    """N labelled pairs, none of texts where only scores came.

    `labels` (N,) on a scale from `low` to `high`, of which `boundary` and more is alike; `report` (N,) says which pairs
    are reported on; `scores` (N,) are the visitor's own.
    """

    name: str
    pairs: tuple[tuple[str, str], ...]
    labels: Floats
    low: float
    high: float
    boundary: float
    report: Bools
    scores: Floats | None = None
    notes: tuple[Note, ...] = ()

    @property
    def alike(self) -> Bools:
        """Which pairs count as alike (N,)."""
        return np.asarray(self.labels >= self.boundary)


def given(request: MatchingSetRequest, read: Read) -> Generator[Step, None, Given]:
    """What is asked for; `read` gives the bytes of a field's file. InvalidRequest where it cannot be used."""
    found = (yield from _own(request, read)) if request.is_own() else _bundled(request)
    for part in (~found.report, found.report):
        if not 0 < found.alike[part].sum() < part.sum():
            count = min(int(found.alike.sum()), int((~found.alike).sum()))
            raise InvalidRequest(TOO_FEW, count=count, name=found.name)
    return found


def _bundled(request: MatchingSetRequest) -> Given:
    """So many pairs of each part, always the same ones."""
    found = load_pairs(request.pairs)
    pairs = [pair for part in (found.dev, found.test) for pair in _spread(part, request.count)]
    low, high = found.scale
    return Given(
        name=found.name,
        pairs=tuple((pair.a, pair.b) for pair in pairs),
        labels=np.array([pair.label for pair in pairs]),
        low=low,
        high=high,
        boundary=_boundary(low, high, request.alike),
        report=np.arange(len(pairs)) >= request.count,
    )


def _own(request: MatchingSetRequest, read: Read) -> Generator[Step, None, Given]:
    name = PASTED if request.file is None else request.file.name
    uploaded = yield from read_pairs(request.pasted if request.file is None else read("file"), name)
    low, high = float(uploaded.labels.min()), float(uploaded.labels.max())
    boundary = _boundary(low, high, request.alike)
    return Given(
        name=name,
        pairs=uploaded.pairs,
        labels=uploaded.labels,
        low=low,
        high=high,
        boundary=boundary,
        report=second_half(uploaded.labels >= boundary, request.seed),
        scores=uploaded.scores,
        notes=uploaded.notes,
    )


def second_half(alike: Bools, seed: int) -> Bools:
    """Half of the alike and half of the different pairs (N,), drawn at random."""
    chosen: npt.NDArray[np.bool_] = np.zeros(len(alike), bool)
    generator = np.random.default_rng(seed)
    for kind in (alike, ~alike):
        places = generator.permutation(np.flatnonzero(kind))
        chosen[places[: len(places) // 2]] = True
    return chosen


def _spread(part: Sequence[Pair], count: int) -> list[Pair]:
    """So many pairs of a part, from all over the order of their labels."""
    order = sorted(range(len(part)), key=lambda place: part[place].label)
    return [part[order[place]] for place in np.linspace(0, len(part) - 1, count).round().astype(int)]


def _boundary(low: float, high: float, share: float) -> float:
    """The label from which on pairs count as alike; rounded, since 0.6 of 5 is to be 3."""
    return round(low + share * (high - low), 9)
