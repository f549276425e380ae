"""What the panel reports: one frame with everything that was measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame, Note
from playground.tabs.collapse.verdict import Reading, Verdict, verdict

DROPPED = "Rows left out because they hold NaN or infinity: {count}."
INDEX_LEFT_OUT = "The first column counts the rows and was left out."
SAMPLED = "Of {rows} rows {measured} are measured, drawn with the seed."
FEWER_ROWS = "{rows} rows can fill at most {rows} of {dimension} directions: give more rows to see how many are in use."


@dataclass(frozen=True)
class Diagnosed(Frame):
    """Outputs with `rows` finite rows in `dimension` columns, of which `measured` rows are in all that follows.

    `left_out` rows were not finite. Numbers as in :class:`playground.tabs.collapse.frames.CollapseFrame`, nan for
    what there is none of: `spectrum` at most (64,), `points` (measured, 3), `labels` (measured,) index `classes`.
    """

    example: str  # "" for somebody's own
    rows: int
    left_out: int
    index_column: bool
    measured: int
    dimension: int
    std: float
    rank: float
    participation: float
    knn: float
    chance: float
    alignment: float
    uniformity: float
    loss: float
    spectrum: npt.NDArray[np.float32]
    points: npt.NDArray[np.float16]
    classes: tuple[str, ...]
    labels: npt.NDArray[np.int64]

    @property
    def directions(self) -> int:
        """How many directions the outputs could fill."""
        return min(self.dimension, self.measured)

    def verdict(self) -> Verdict:
        """Healthy or not, and why."""
        reading = Reading(
            dimension=self.dimension,
            std=self.std,
            rank=self.rank,
            knn=self.knn,
            chance=self.chance,
            loss=self.loss,
            rows=self.measured,
        )
        return verdict(reading)

    def notes(self) -> Iterator[Note]:
        """What was left out, and what to keep in mind."""
        if self.index_column:
            yield Note(INDEX_LEFT_OUT)
        if self.left_out:
            yield Note(DROPPED, {"count": f"{self.left_out:,}"})
        if self.measured < self.rows:
            yield Note(SAMPLED, {"rows": f"{self.rows:,}", "measured": f"{self.measured:,}"})
        if self.measured < self.dimension:
            yield Note(FEWER_ROWS, {"rows": f"{self.measured:,}", "dimension": f"{self.dimension:,}"})
