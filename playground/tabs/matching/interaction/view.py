"""A run of the panel as it is drawn: what each way of comparing costs for any number of texts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from playground.runtime.contracts import Frame
from playground.tabs.matching.interaction.frames import Timed
from playground.tabs.matching.interaction.recorded import Quality, quality
from playground.tabs.matching.interaction.request import InteractionRequest
from playground.tabs.matching.methods import method_of

BYTES = 4  # of a number of a vector, float32
COLUMNS = ("method", "spearman", "one_pair", "cached", "anew", "cache_bytes")


class Cost(NamedTuple):
    """What a method takes: seconds for one pair, seconds for a query against N texts, bytes of their vectors.

    `cached` seconds are those with the texts' vectors at hand, `anew` those with every text still to be read; where a
    method makes no vectors there is nothing to keep, and both are the same.
    """

    method: str
    quality: Quality | None
    one_pair: float
    cached: float
    anew: float
    cache_bytes: int


@dataclass
class View:
    """The methods timed so far, by id."""

    timed: dict[str, Timed] = field(default_factory=dict)

    def costs(self, request: InteractionRequest, texts: int | None = None) -> list[Cost]:
        """Every method's costs for a query against so many texts, the request's number if none is given."""
        count = request.texts if texts is None else texts
        return [_cost(timed, request.language, count) for timed in self.timed.values()]

    def two_stages(self, request: InteractionRequest, texts: int) -> float | None:
        """Seconds in which vectors find candidates and the cross-encoder reads them; None without one of the two."""
        vectors = next((timed for timed in self.timed.values() if method_of(timed.method).kind == "bi"), None)
        cross = next((timed for timed in self.timed.values() if method_of(timed.method).kind == "cross"), None)
        if vectors is None or cross is None:
            return None
        return _cost(vectors, request.language, texts).cached + reading(cross, min(request.candidates, texts))

    def to_dict(self, request: InteractionRequest | None = None) -> dict[str, Any]:
        """The run as plain JSON values: all times as measured, and the costs for the request's number of texts."""
        measured = {
            id: {"counts": timed.counts.tolist(), "seconds": timed.seconds.tolist(), "seconds_a_vector": timed.search}
            for id, timed in self.timed.items()
        }
        rows = [] if request is None else [dict(zip(COLUMNS, row, strict=True)) for row in self._rows(request)]
        return {"measured": measured} | ({} if request is None else {"texts": request.texts, "rows": rows})

    def to_json(self, request: InteractionRequest) -> bytes:
        """What was asked and what came of it, as a JSON file."""
        return json.dumps({"request": request.model_dump(mode="json")} | self.to_dict(request), indent=1).encode()

    def to_csv(self, request: InteractionRequest) -> bytes:
        """A table with one line for each method."""
        file = io.StringIO()
        table = csv.writer(file)
        table.writerow(COLUMNS)
        table.writerows(self._rows(request))
        return file.getvalue().encode()

    def _rows(self, request: InteractionRequest) -> Iterator[tuple[Any, ...]]:
        for cost in self.costs(request):
            told = None if cost.quality is None else cost.quality.spearman
            yield cost.method, told, cost.one_pair, cost.cached, cost.anew, cost.cache_bytes


def reading(timed: Timed, count: int) -> float:
    """Seconds in which a method reads so many texts or pairs: as measured, and on the line of the last two beyond."""
    counts, seconds = timed.counts, timed.seconds
    if count <= counts[-1]:
        return float(np.interp(count, counts, seconds))
    slope = max(float(seconds[-1] - seconds[-2]) / float(counts[-1] - counts[-2]), 0.0)
    return float(seconds[-1]) + slope * (count - int(counts[-1]))


def fold(view: View | None, frame: Frame) -> View:
    """The view with one more frame; None begins a new one."""
    view = view or View()
    if isinstance(frame, Timed):
        view.timed[frame.method] = frame
    return view


def _cost(timed: Timed, language: str, texts: int) -> Cost:
    together = timed.dimension == 0
    one_pair = reading(timed, 1 if together else 2)
    anew = reading(timed, texts if together else texts + 1) + timed.search * texts
    cached = anew if together else reading(timed, 1) + timed.search * texts
    own = quality(timed.method, language)
    return Cost(timed.method, own, one_pair, cached, anew, BYTES * timed.dimension * texts)
