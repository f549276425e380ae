"""What a run reports: the methods, and then each one's scores of all pairs with its threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame
from playground.tabs.matching.probe.probe_set import Language

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Asked(Frame):
    """The language of the texts and the ids of the methods that will judge them."""

    language: Language
    methods: tuple[str, ...]


@dataclass(frozen=True)
class Judged(Frame):
    """A method's scores of each item's text with the one of the `same` (T,) and with the `different` one (T,).

    A pair is called alike from `threshold` on, which is right for the share `chosen_on` of the pairs of STS-B that it
    was chosen on; `recorded` tells that this was done before.
    """

    method: str
    same: Floats
    different: Floats
    threshold: float
    chosen_on: float
    recorded: bool
