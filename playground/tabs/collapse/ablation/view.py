"""The ablations as they are shown: one row each, with mean, spread and verdicts over its seeds."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from playground.runtime.contracts import Frame
from playground.tabs.collapse.ablation.frames import AblationResult, AblationStart
from playground.tabs.collapse.ablation.rows import ROWS
from playground.tabs.collapse.verdict import Reading, verdict

FIGURES = ("loss", "std", "rank", "knn", "start_knn")


@dataclass(frozen=True)
class Ablated:
    """What a run has found so far."""

    start: AblationStart
    result: AblationResult | None = None

    def rows(self) -> list[dict[str, Any]]:
        """One row an ablation, with the figures of every seed that is done; in the order of the table."""
        return [self._row(r) for r in range(len(self.start.rows))]

    def _row(self, r: int) -> dict[str, Any]:
        name = self.start.rows[r]
        done = self._done(r)
        seeds = {figure: [self._figure(figure, r, s) for s in done] for figure in FIGURES}
        return {
            "row": name,
            "published": ROWS[name].published,  # type: ignore[index]
            "dimension": int(self.start.dimension[r]),
            "seeds": len(done),
            "failed": sum(self._failed(r, s) for s in done),
            **{f"{figure}_mean": mean(values) for figure, values in seeds.items()},
            **{f"{figure}_spread": spread(values) for figure, values in seeds.items()},
            **seeds,
            "verdicts": [self._verdict(r, s) for s in done],
        }

    def _done(self, r: int) -> list[int]:
        if self.result is None:
            return []
        known = ~np.isnan(self.result.std[r]) | self.result.failed[r]
        return [int(s) for s in np.flatnonzero(known)]

    def _figure(self, figure: str, r: int, s: int) -> float | None:
        value = float(getattr(self.result, figure)[r, s])
        return value if math.isfinite(value) else None

    def _failed(self, r: int, s: int) -> bool:
        assert self.result
        return bool(self.result.failed[r, s])

    def _verdict(self, r: int, s: int) -> str:
        assert self.result
        reading = Reading(
            dimension=int(self.start.dimension[r]),
            std=float(self.result.std[r, s]),
            rank=float(self.result.rank[r, s]),
            step=self.start.steps,
            knn=float(self.result.knn[r, s]),
            start_knn=float(self.result.start_knn[r, s]),
            chance=self.start.chance,
            loss=float(self.result.loss[r, s]),
            rows=self.start.probes,
        )
        return verdict(reading).kind

    def to_dict(self) -> dict[str, Any]:
        """Everything measured, as plain data."""
        start = self.start
        return {
            "data": "nuisance-64",
            "steps": start.steps,
            "seeds": start.seeds,
            "raw_knn": start.raw_knn,
            "chance": start.chance,
            "rows": self.rows(),
        }

    def to_json(self) -> bytes:
        """The download as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1).encode()

    def to_csv(self) -> bytes:
        """The download as CSV: one line for each row and seed."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(["row", "seed", *FIGURES, "verdict"])
        for row in self.rows():
            for n in range(row["seeds"]):
                writer.writerow([row["row"], n, *(row[figure][n] for figure in FIGURES), row["verdicts"][n]])
        return out.getvalue().encode()


def fold(view: Ablated | None, frame: Frame) -> Ablated:
    """The view after one more frame; later figures replace earlier ones."""
    if isinstance(frame, AblationStart):
        return Ablated(frame)
    assert view is not None
    assert isinstance(frame, AblationResult)
    return replace(view, result=frame)


def mean(values: list[float | None]) -> float | None:
    """The mean of the known values, None without any."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def spread(values: list[float | None]) -> float | None:
    """The standard deviation of a sample of at least two known values, None of fewer."""
    known = [value for value in values if value is not None]
    return float(np.std(known, ddof=1)) if len(known) > 1 else None
