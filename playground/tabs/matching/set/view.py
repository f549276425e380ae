"""A run of the panel as it is drawn and downloaded: the pairs, and what each method's scores come to."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from playground.runtime.contracts import Frame
from playground.runtime.text_files import plain_cell
from playground.tabs.matching.metrics import Confusion
from playground.tabs.matching.set.frames import MethodJudged, PairsGiven
from playground.tabs.matching.set.request import MatchingSetRequest
from playground.ui.numbers import finite

PARTS = ("chosen on", "reported")


@dataclass
class View:
    """A run so far: its pairs, and its methods in the order of the table."""

    given: PairsGiven | None = None
    methods: dict[str, MethodJudged] = field(default_factory=dict)

    def shown(self, request: MatchingSetRequest) -> MethodJudged | None:
        """The method whose scores are drawn: the one that was clicked, else the first."""
        return self.methods.get(request.shown) or next(iter(self.methods.values()), None)

    def to_dict(self) -> dict[str, Any]:
        """The run as plain JSON values; null stands for what is not a number."""
        if self.given is None:
            return {}
        given = self.given
        pairs = {"name": given.name, "low": given.low, "high": given.high, "alike_from": given.boundary}
        counts = {"chosen_on": int((~given.report).sum()), "reported": int(given.report.sum())}
        methods = {name: _numbers(judged) for name, judged in self.methods.items()}
        notes = [message.format(**values) for message, values in given.notes]
        return {**pairs, **counts, "missing": list(given.missing), "notes": notes, "methods": methods}

    def to_json(self, request: MatchingSetRequest) -> bytes:
        """What was asked and what came of it, as a JSON file."""
        asked = request.model_dump(mode="json", exclude={"pasted"})
        return json.dumps({"request": asked} | self.to_dict(), ensure_ascii=False, indent=1).encode()

    def to_csv(self) -> bytes:
        """A table with one line a pair: texts, label, part, and each method's score and decision."""
        file = io.StringIO()
        table = csv.writer(file)
        if self.given is not None:
            columns = [column for name in self.methods for column in (f"{name} score", f"{name} alike")]
            texts = ("a", "b") if self.given.a else ()
            table.writerow((*texts, "label", "part", *columns))
            table.writerows(zip(*self._columns(self.given), strict=True))
        return file.getvalue().encode()

    def _columns(self, given: PairsGiven) -> list[Any]:
        texts = [list(map(plain_cell, side)) for side in (given.a, given.b) if side]
        parts = [PARTS[int(part)] for part in given.report]
        scored = [
            column
            for judged in self.methods.values()
            for column in (judged.scores.tolist(), (judged.scores >= judged.best[0]).astype(int).tolist())
        ]
        return [*texts, given.labels.tolist(), parts, *scored]


def fold(view: View | None, frame: Frame) -> View:
    """The view with one more frame; None begins a new one."""
    view = view or View()
    if isinstance(frame, PairsGiven):
        view.given = frame
    elif isinstance(frame, MethodJudged):
        view.methods[frame.method] = frame
    return view


def _numbers(judged: MethodJudged) -> dict[str, Any]:
    """The measures of a method by name."""
    threshold, value, low, high = judged.best
    reported = Confusion(*judged.reported)
    numbers = {
        "spearman": judged.spearman,
        "pearson": judged.pearson,
        "average_precision": judged.average_precision,
        "roc_area": judged.area,
        "threshold": threshold,
        "plateau_low": low,
        "plateau_high": high,
        "threshold_low": judged.interval[0],
        "threshold_high": judged.interval[1],
        "value_chosen_on": value,
        "value_reported": judged.report_value,
        "value_reported_low": judged.report_interval[0],
        "value_reported_high": judged.report_interval[1],
        **{name: getattr(reported, name) for name in ("accuracy", "precision", "recall", "f1", "mcc")},
        "published_threshold": judged.published[0],
        "published_accuracy_chosen_on": judged.published[1],
        "published_accuracy_reported": judged.published[2],
    }
    return {name: finite(float(value)) for name, value in numbers.items()} | {"confusion": vars(reported).copy()}


def mistakes(view: View, judged: MethodJudged, most: int) -> tuple[list[int], list[int]]:
    """The reported pairs, by place, that are most wrongly called alike, and most wrongly not: at most so many each."""
    assert view.given is not None
    given, threshold = view.given, judged.best[0]
    alike, called = given.labels >= given.boundary, judged.scores >= threshold
    order = np.argsort(judged.scores, kind="stable")
    false_alarms = [int(place) for place in order[::-1] if given.report[place] and called[place] and not alike[place]]
    misses = [int(place) for place in order if given.report[place] and alike[place] and not called[place]]
    return false_alarms[:most], misses[:most]
