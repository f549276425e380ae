"""A run as it is shown: the methods, and what each of them made of every item."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.stats import binomtest

from playground.runtime.contracts import Frame
from playground.tabs.matching.probe.frames import Asked, Judged
from playground.tabs.matching.probe.probe_set import PHENOMENA, Item, load_items
from playground.tabs.matching.probe.request import Listed, Measure


@dataclass(frozen=True)
class Share:
    """How often a method was right, of so many times."""

    hits: int
    trials: int

    @property
    def value(self) -> float:
        """The share, 0 to 1."""
        return self.hits / self.trials

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval (Wilson 1927)."""
        found = binomtest(self.hits, self.trials).proportion_ci(method="wilson")
        return float(found.low), float(found.high)


@dataclass(frozen=True)
class Trace:
    """What a run has told so far, by method."""

    asked: Asked | None = None
    judged: dict[str, Judged] = field(default_factory=dict)

    @property
    def items(self) -> tuple[Item, ...]:
        """The items in the order of the scores."""
        return load_items(self.asked.language) if self.asked else ()

    def share(self, judged: Judged, phenomenon: Listed, measure: Measure) -> Share:
        """How often a method is right about a phenomenon."""
        right = verdicts(judged, measure)  # (R, T)
        chosen = right[:, [item.phenomenon == phenomenon or phenomenon == "all" for item in self.items]]
        return Share(int(chosen.sum()), chosen.size)

    def to_dict(self) -> dict[str, Any]:
        """Every method's shares, as plain data."""
        methods = {id: self._method(judged) for id, judged in self.judged.items()}
        return {"language": self.asked.language if self.asked else "", "methods": methods}

    def to_json(self) -> bytes:
        """The download as JSON, all scores included."""
        return json.dumps(self.to_dict() | {"scores": list(self._rows())}, ensure_ascii=False, indent=1).encode()

    def to_csv(self) -> bytes:
        """The download as CSV: a line for every method and item."""
        out = io.StringIO()
        head = ["method", "language", "phenomenon", "text", "same", "different", "score_same", "score_different"]
        writer = csv.DictWriter(out, head)
        writer.writeheader()
        writer.writerows(self._rows())
        return out.getvalue().encode()

    def _method(self, judged: Judged) -> dict[str, Any]:
        measures: tuple[Measure, ...] = ("order", "threshold")
        about = {"threshold": judged.threshold, "right_on_stsb": judged.chosen_on}
        return about | {measure: self._shares(judged, measure) for measure in measures}

    def _shares(self, judged: Judged, measure: Measure) -> dict[str, Any]:
        names: tuple[Listed, ...] = ("all", *PHENOMENA)
        shares = {name: self.share(judged, name, measure) for name in names}
        return {name: {"hits": share.hits, "of": share.trials} for name, share in shares.items()}

    def _rows(self) -> Iterator[dict[str, Any]]:
        for id, judged in self.judged.items():
            for item, same, different in zip(self.items, judged.same, judged.different, strict=True):
                scores = {"score_same": float(same), "score_different": float(different)}
                yield {"method": id, **vars(item), **scores}


def fold(trace: Trace | None, frame: Frame) -> Trace:
    """The view after one more frame."""
    if isinstance(frame, Asked):
        return Trace(frame)
    assert isinstance(frame, Judged)
    trace = trace or Trace()
    return replace(trace, judged=trace.judged | {frame.method: frame})


def verdicts(judged: Judged, measure: Measure) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether a method is right about every item: (1, T) of its order, (2, T) of both its pairs by the threshold."""
    if measure == "order":
        return np.stack([judged.same > judged.different])
    return np.stack([judged.same >= judged.threshold, judged.different < judged.threshold])
