"""What a live training of losses reports: the ground it stands on, then what each loss made of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class TrainStart(Frame):
    """What stays the same from step 0 to the end.

    `losses` are the K trained ones. `pairs` are trained on; on `seen` of them loss and accuracy are measured, on
    `validation` others the ranking. `texts` (M) are sentences of validation pairs, `links` (P, 2) the pairs drawn,
    as places in them, `labels` (P,) their scores; `share` is how much of the sentences' variance the map's two axes
    hold at step 0.
    """

    losses: tuple[str, ...]
    pairs: int
    seen: int
    validation: int
    texts: tuple[str, ...]
    links: npt.NDArray[np.int64]
    labels: Floats
    share: float


@dataclass(frozen=True)
class TrainFrame(Frame):
    """All K losses after `step` steps; nan where there is no such number.

    Numbers (K,): `loss` on training pairs, in batches; `accuracy` of yes or no on them, by what the loss trains, and
    `cosine_accuracy` by the best threshold of the cosine; `training_spearman` and `spearman`, the rank correlation of
    cosine and score on training and validation pairs.
    `points` (K, M, 2) are the sentences on the map. `histogram` (K, 2, B) are densities of the cosines of validation
    pairs that are not alike, and that are, in B bins of equal width from -1 to 1.
    """

    step: int
    loss: Floats
    accuracy: Floats
    cosine_accuracy: Floats
    training_spearman: Floats
    spearman: Floats
    points: npt.NDArray[np.float16]
    histogram: Floats


@dataclass(frozen=True)
class TrainFailure(Frame):
    """A loss was not a finite number, so the run stopped: which one, at which step."""

    step: int
    loss: str
