"""What the panel of ablations reports: what the rows are measured against, then the figures so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AblationStart(Frame):
    """R rows over S seeds of so many steps; `dimension` (R,) of the outputs, measured on so many `probes`.

    `raw_knn` is the accuracy of the neighbours' vote on the inputs themselves, `chance` that of the largest class.
    """

    rows: tuple[str, ...]
    seeds: int
    steps: int
    dimension: npt.NDArray[np.int64]
    probes: int
    raw_knn: float
    chance: float


@dataclass(frozen=True)
class AblationResult(Frame):
    """Figures (R, S) of every row and seed at the end of its training, nan where that is to come.

    `loss` of the last batch, `std` times √d, `rank` = RankMe, `knn` accuracy now and `start_knn` before the first
    step. `failed` (R, S) says where a loss was not a finite number.
    """

    loss: Floats
    std: Floats
    rank: Floats
    knn: Floats
    start_knn: Floats
    failed: npt.NDArray[np.bool_]
