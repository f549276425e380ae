"""What a live training reports: the ground it stands on, then what is measured of every variant again and again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class CollapseStart(Frame):
    """K variants over N probe points, which stay the same from step 0 to the end.

    `labels` (N,) indexes `classes`. `raw_knn` is the accuracy of the same neighbour vote on the inputs
    themselves, `chance` that of the largest class. `batched` (K,) numbers the groups of variants that share
    one batched computation. `notes` are English sentences for the person, which are translated.
    """

    classes: tuple[str, ...]
    labels: Ints
    raw_knn: float
    chance: float
    dimensions: Ints
    batched: Ints
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CollapseFrame(Frame):
    """All K variants after `step` steps; nan where a variant has no such number.

    Numbers (K,): `loss` of the last batch (-1 best), `std` = std of the l2-normalised output times sqrt(d),
    `rank` = RankMe, `participation` ratio, `knn` = leave-one-out cosine neighbour accuracy, `alignment` and
    `uniformity` (Wang and Isola 2020), norms of the gradients, learning rates as they act at this step.
    `spectrum` (K, D): eigenvalues of the covariance of the normalised outputs, largest first, nan beyond d,
    thinned to at most 64. `points` (K, N, 3) float16: normalised outputs, as they are up to d = 3 (third
    coordinate 0 for d = 2), their first three principal components above.
    """

    step: int
    loss: Floats
    std: Floats
    rank: Floats
    participation: Floats
    knn: Floats
    alignment: Floats
    uniformity: Floats
    encoder_gradient: Floats
    predictor_gradient: Floats
    encoder_rate: Floats
    predictor_rate: Floats
    spectrum: Floats
    points: npt.NDArray[np.float16]


@dataclass(frozen=True)
class CollapseFailure(Frame):
    """A variant's loss was not a finite number, so the run stopped: which variant, at which step, with which rate."""

    step: int
    variant: int
    learning_rate: float
    largest_weight: float
