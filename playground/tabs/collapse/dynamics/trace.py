"""A run of the panel as it is drawn and downloaded: the frames of one flow, in order."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.runtime.contracts import Frame
from playground.tabs.collapse.dynamics.frames import Plane, Point, Spectrum

VARIANTS = ("with stop-gradient", "without stop-gradient")
Row = dict[str, Any]


@dataclass
class Trace:
    """A run so far; what belongs to the other exhibit stays empty."""

    plane: Plane | None = None
    points: list[Point] = field(default_factory=list)
    spectra: list[Spectrum] = field(default_factory=list)

    def fold(self, frame: Frame) -> None:
        """Take in the next frame."""
        if isinstance(frame, Plane):
            self.plane = frame
        elif isinstance(frame, Point):
            self.points.append(frame)
        elif isinstance(frame, Spectrum):
            self.spectra.append(frame)

    def rows(self) -> list[Row]:
        """The run as a table: a line for each moment and variant, or for each moment and mode."""
        return [*self._point_rows(), *self._spectrum_rows()]

    def _point_rows(self) -> Iterator[Row]:
        for point in self.points:
            for variant, name in enumerate(VARIANTS):
                yield {
                    "time": point.time,
                    "variant": name,
                    "phi": float(point.points[variant, 0]),
                    "theta": float(point.points[variant, 1]),
                    "loss": float(point.loss[variant]),
                }

    def _spectrum_rows(self) -> Iterator[Row]:
        for spectrum in self.spectra:
            for mode in range(len(spectrum.s)):
                yield {
                    "time": spectrum.time,
                    "mode": mode + 1,
                    "s": float(spectrum.s[mode]),
                    "p": float(spectrum.p[mode]),
                    "angle": None if math.isnan(spectrum.angles[mode]) else float(spectrum.angles[mode]),
                }

    def to_dict(self) -> dict[str, Any]:
        """The run as plain JSON values."""
        answer: dict[str, Any] = {"rows": self.rows()}
        if self.plane is not None:
            answer["ends"] = dict(zip(VARIANTS, self.plane.ends.tolist(), strict=True))
        if self.spectra:
            answer["last"] = _summary(self.spectra[-1])
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


def _summary(spectrum: Spectrum) -> dict[str, Any]:
    """What a moment of the matrices says besides its modes."""
    fixed = zip(spectrum.fixed_p.tolist(), spectrum.fixed_s.tolist(), spectrum.fixed_slope.tolist(), strict=True)
    return {
        "loss": spectrum.loss,
        "norm": spectrum.norm,
        "tau": spectrum.tau,
        "commutator": spectrum.commutator,
        "largest_weight_decay": spectrum.largest_weight_decay,
        "fixed_points": [{"p": p, "s": s, "stable": slope < 0} for p, s, slope in fixed],
    }
