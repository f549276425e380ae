"""What a run of the panel reports: how long each method reads, and how long comparing vectors takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Timed(Frame):
    """Seconds by the clock (n,) in which a method reads so many (n,) texts, or pairs where it reads them together.

    `dimension` is the length of its vectors, 0 where it makes none; `search` the seconds in which a query is compared
    with one more vector.
    """

    method: str
    counts: Ints
    seconds: Floats
    dimension: int
    search: float
