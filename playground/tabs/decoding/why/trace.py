"""A run of the panel as it is drawn and downloaded: the frames of one exhibit, in order."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.runtime.contracts import Frame
from playground.tabs.decoding.why.frames import BigramChosen, BigramCut, Bound, ProbeStart, ProbeStep

TREATMENTS = ("plain", "kept", "dropped")
Row = dict[str, Any]


@dataclass
class Trace:
    """A run so far; what belongs to another exhibit stays empty."""

    start: ProbeStart | None = None
    steps: list[ProbeStep] = field(default_factory=list)
    chosen: BigramChosen | None = None
    cuts: list[BigramCut] = field(default_factory=list)
    bound: Bound | None = None

    def fold(self, frame: Frame) -> None:
        """Take in the next frame."""
        if isinstance(frame, ProbeStart):
            self.start = frame
        elif isinstance(frame, ProbeStep):
            self.steps.append(frame)
        elif isinstance(frame, BigramChosen):
            self.chosen = frame
        elif isinstance(frame, BigramCut):
            self.cuts.append(frame)
        elif isinstance(frame, Bound):
            self.bound = frame

    def rows(self) -> list[Row]:
        """The run as a table: a line for each copy and series, each cut and treatment of <eos>, or each epsilon."""
        return [*self._probe_rows(), *self._bigram_rows(), *self._bound_rows()]

    def _probe_rows(self) -> Iterator[Row]:
        start = self.start
        for step in self.steps if start else ():
            assert start is not None
            for series, model in enumerate(start.models):
                yield {
                    "model": model,
                    "sentence": start.sentences[series],
                    "control": bool(start.controls[series]),
                    "repeat": step.repeat,
                    "log_probability": float(step.log_probability[series]),
                    "mean_probability": float(step.mean_probability[series]),
                    "lowest": float(step.lowest[series]),
                    "most_probable": float(step.most_probable[series]),
                    "p_eos": float(step.p_eos[series]),
                }

    def _bigram_rows(self) -> Iterator[Row]:
        for cut in self.cuts:
            for treatment, name in enumerate(TREATMENTS):
                yield {
                    "eos": name,
                    "level": cut.level,
                    "repetition": _finite(cut.repetition[treatment]),
                    "row_maximum": float(cut.row_maximum[treatment]),
                    "never_stops": float(cut.never_stops[treatment]),
                }

    def _bound_rows(self) -> Iterator[Row]:
        if self.bound is not None:
            columns = zip(
                self.bound.epsilons.tolist(), self.bound.latest.tolist(), self.bound.reached.tolist(), strict=True
            )
            for epsilon, latest, reached in columns:
                yield {"epsilon": epsilon, "latest_greedy_stop": latest, "limit": self.bound.limit, "reached": reached}

    def to_dict(self) -> dict[str, Any]:
        """The run as plain JSON values; null stands for infinite."""
        answer: dict[str, Any] = {"rows": self.rows()}
        if self.start is not None:
            answer["notes"] = [str(note) for note in self.start.notes()]
        if self.chosen is not None:
            answer["chosen"] = _chosen_dict(self.chosen)
        return answer

    def to_json(self) -> bytes:
        """The run as a JSON file."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1).encode("utf-8", "replace")

    def to_csv(self) -> bytes:
        """The run as a table."""
        rows, file = self.rows(), io.StringIO()
        table = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else [])
        table.writeheader()
        table.writerows(rows)
        return file.getvalue().encode("utf-8", "replace")


def fold(trace: Trace | None, frame: Frame) -> Trace:
    """The trace with one more frame; None begins a new one."""
    trace = trace or Trace()
    trace.fold(frame)
    return trace


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _chosen_dict(chosen: BigramChosen) -> dict[str, Any]:
    """The chosen cut, by treatment of <eos>."""
    return {
        name: {
            "level": chosen.cut.level,
            "repetition": _finite(chosen.cut.repetition[treatment]),
            "lower_estimate": _finite(chosen.lower_estimate[treatment]),
            "row_maximum": float(chosen.cut.row_maximum[treatment]),
            "never_stops": float(chosen.cut.never_stops[treatment]),
            "remaining": float(chosen.remaining[treatment]),
            "eigenvalues": chosen.eigenvalues[treatment].tolist(),
            "cycles": [list(cycle) for cycle in chosen.cycles[treatment]],
        }
        for treatment, name in enumerate(TREATMENTS)
    }
