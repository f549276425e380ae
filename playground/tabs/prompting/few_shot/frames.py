"""What a few-shot run reports: the ground it stands on, how trainings come on, and what each of them came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class FewShotStart(Frame):
    """What all trainings share.

    `task` is a bundled one's name or the file's. `pool` (C,) and `test` (C,) count the texts of each of the C labels
    that may be learnt from and that are measured on. `words` are those of every label. `notes` are sentences, each a
    template with its values.
    """

    task: str
    own: bool
    model: str
    encoder: str
    labels: tuple[str, ...]
    pool: Ints
    test: Ints
    patterns: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    notes: tuple[tuple[str, Mapping[str, str]], ...]


@dataclass(frozen=True)
class FewShotSplit(Frame):
    """The labelled texts of a seed at the largest K, label by label in turn: smaller K take the first ones of them."""

    seed: int
    texts: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class FewShotStep(Frame):
    """A training on its way: the stage it is at, and the accuracy on the test texts, nan where it was not measured.

    `details` are what only one method has, as it gave them, but for the probabilities that each pattern gives alone,
    whose `accuracies` stand in their place, and the texts that a generation chose, which are counted.
    """

    method: str
    shots: int
    seed: int
    stage: str
    step: int
    steps: int
    accuracy: float
    details: Mapping[str, Any]


@dataclass(frozen=True)
class FewShotResult(Frame):
    """A training that is over: `confusion` (C, C) counts test texts by their label and by the one they were given.

    `seconds` is processor time, the one figure that no second run repeats.
    """

    method: str
    shots: int
    seed: int
    accuracy: float
    macro_f1: float
    confusion: Ints
    details: Mapping[str, Any]
    seconds: float
