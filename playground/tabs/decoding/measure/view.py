"""A measurement as it is shown: its start, and its latest figures."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass, replace
from typing import Any

from playground.runtime.contracts import Frame
from playground.tabs.decoding.measure.frames import MeasureResult, MeasureStart
from playground.tabs.decoding.measure.metrics import wilson_interval


@dataclass(frozen=True)
class Measured:
    """What a run has found so far."""

    start: MeasureStart
    result: MeasureResult | None = None

    @property
    def seconds(self) -> float:
        """Wall time of the run."""
        return self.result.seconds if self.result else 0.0

    def rows(self) -> list[dict[str, Any]]:
        """One row a decoder; None where a figure is not known yet."""
        return [self._row(d) for d in range(len(self.start.decoders))] if self.result else []

    def _row(self, d: int) -> dict[str, Any]:
        assert self.result
        result, count = self.result, self.result.prefixes
        low, high = wilson_interval(int(result.endless[d]), count)
        running = math.isnan(result.diversity[d])
        nats = float(result.cross_entropy[d])
        return {
            "decoder": self.start.decoders[d],
            "model": self.start.models[d],
            "prefixes": count,
            "steps": result.steps,
            "endless": int(result.endless[d]),
            "ratio": int(result.endless[d]) / count,
            "low": low,
            "high": high,
            "certified": int(result.certified[d]),
            "looping": None if running else int(result.looping[d]),
            "mean_length": None if running else int(result.tokens[d]) / count,
            **{f"seq_rep_{n}": _known(result.seq_rep[d, n - 1]) for n in (1, 2, 3, 4)},
            **{f"distinct_{n}": _known(result.distinct[d, n - 1]) for n in (1, 2, 3)},
            "diversity": _known(result.diversity[d]),
            "perplexity": None if running else math.exp(nats),
            "cross_entropy": _known(nats),
            "entropy": _known(result.entropy[d]),
            "steps_run": int(result.steps_run[d]),
            "steps_saved": int(result.steps_saved[d]),
        }

    def survival(self) -> list[dict[str, Any]]:
        """The survival curve of every decoder."""
        if self.result is None:
            return []
        steps = self.result.grid.tolist()
        shares = self.result.survival.tolist()
        return [
            {"decoder": name, "tokens": steps, "running": curve}
            for name, curve in zip(self.start.decoders, shares, strict=True)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Everything measured, as plain data."""
        start = self.start
        return {
            "source": start.source,
            "limit": start.limit,
            "rows": self.rows(),
            "survival": self.survival(),
            "seconds": self.seconds,
            "tokens_per_second": self.tokens_per_second(),
        }

    def tokens_per_second(self) -> float | None:
        """Tokens computed for all decoders by second, None while texts are under way."""
        total = int(self.result.steps_run.sum()) if self.result else 0
        return total / self.seconds if total and self.seconds else None

    def to_json(self) -> bytes:
        """The download as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1).encode()

    def to_csv(self) -> bytes:
        """The download as CSV: one line a decoder."""
        rows = self.rows()
        out = io.StringIO()
        writer = csv.DictWriter(out, fieldnames=list(rows[0]) if rows else ["decoder"])
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue().encode()


def fold(view: Measured | None, frame: Frame) -> Measured:
    """The view after one more frame; later figures replace earlier ones."""
    if isinstance(frame, MeasureStart):
        return Measured(frame)
    assert view is not None
    assert isinstance(frame, MeasureResult)
    return replace(view, result=frame)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
