"""Is a training healthy, and if not, how has it collapsed: one word, and the reason with its numbers.

No single number tells. The loss is at its best when everything has collapsed; an output BatchNorm without affine
keeps std·√d near 1 whatever happens; cosine neighbours are blind to scale. So the verdict looks at the spread first,
then at the rank, then at the loss, and last at whether anything was learnt.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from playground.runtime.contracts import Note

VerdictKind = Literal["healthy", "complete collapse", "dimensional collapse", "not converging", "too early"]

LEAST_STD = 0.15  # of std·√d: below it all inputs give nearly the same output
AS_IF_HEALTHY_STD = 0.8  # of std·√d: from here on it looks as it does in a healthy run
RANK_EXPONENT = 0.5  # of what can be filled: below √d directions the outputs lie in a corner of their space
HIGHEST_LOSS = -0.5  # above it the predictor does not find the other view
LEAST_GAIN = 0.04  # of kNN accuracy over the start
NOTHING_TO_GAIN = 0.95  # of kNN accuracy: a start as good as this leaves nothing to learn
LEAST_ROWS = 50  # fewer neighbours to choose from say nothing about classes
EARLY_STEPS = 100  # below so many steps nothing but a complete collapse can be told
PATIENCE_STEPS = 200  # so long the loss may stay high, and nothing be learnt


@dataclass(frozen=True)
class Reading:
    """What the verdict is about; nan, or None for the step, where a number is not known.

    `std` is times √d, `rank` is RankMe, the kNN accuracies are now and before the first
    step; `chance` is the share of the largest class; `rows` is how many outputs were measured.
    """

    dimension: int
    std: float
    rank: float
    step: int | None = None
    knn: float = math.nan
    start_knn: float = math.nan
    chance: float = math.nan
    loss: float = math.nan
    rows: int | None = None

    @property
    def directions(self) -> int:
        """How many directions the outputs could fill."""
        return self.dimension if self.rows is None else min(self.dimension, self.rows)


@dataclass(frozen=True)
class Verdict:
    """A word for the person and the sentence that says why."""

    kind: VerdictKind
    reason: Note


def verdict(reading: Reading) -> Verdict:
    """The first of the verdicts that holds, from the worst to the best."""
    return next(_verdicts(reading))


def least_rank(directions: int) -> float:
    """The RankMe below which so many directions count as not filled."""
    return float(directions**RANK_EXPONENT)


def thresholds(directions: int) -> tuple[Note, ...]:
    """What the verdicts go by, for outputs that can fill so many directions."""
    return (
        Note("Complete collapse: std·√d below {least}.", {"least": f"{LEAST_STD:g}"}),
        Note(
            "Dimensional collapse: RankMe below √{directions} = {least}.",
            {"directions": directions, "least": _number(least_rank(directions), 1)},
        ),
        Note(
            "Not converging: loss above {highest}, or kNN accuracy less than {gain} above its start.",
            {"highest": _number(HIGHEST_LOSS, 1), "gain": f"{LEAST_GAIN:g}"},
        ),
        Note(
            "Too early: fewer than {early} steps, or {patience} where nothing is learnt yet.",
            {"early": EARLY_STEPS, "patience": PATIENCE_STEPS},
        ),
    )


def _verdicts(reading: Reading) -> Iterator[Verdict]:
    if reading.step == 0:
        yield Verdict("too early", Note("No step has been taken yet."))
    if not math.isfinite(reading.std):
        yield Verdict("not converging", Note("The outputs are not finite numbers."))
    if reading.std < LEAST_STD:
        yield Verdict("complete collapse", _complete(reading))
    if reading.step is not None and reading.step < EARLY_STEPS:
        yield _too_early(reading.step, EARLY_STEPS)
    if reading.rank < least_rank(reading.directions):
        yield Verdict("dimensional collapse", _dimensional(reading))
    yield from _no_progress(reading)
    yield Verdict("healthy", _healthy(reading))


def _no_progress(reading: Reading) -> Iterator[Verdict]:
    """Not converging; as long as every training looks like that, too early to say so."""
    for reason in _stuck(reading):
        if reading.step is not None and reading.step < PATIENCE_STEPS:
            yield _too_early(reading.step, PATIENCE_STEPS)
        yield Verdict("not converging", reason)


def _stuck(reading: Reading) -> Iterator[Note]:
    if reading.loss > HIGHEST_LOSS:
        yield _high_loss(reading)
    if reading.start_knn < NOTHING_TO_GAIN and reading.knn < reading.start_knn + LEAST_GAIN:
        yield _no_gain(reading)
    if reading.knn < reading.chance + LEAST_GAIN and (reading.rows or LEAST_ROWS) >= LEAST_ROWS:
        yield _at_chance(reading)


def _too_early(step: int, least: int) -> Verdict:
    values = {"step": step, "least": least}
    return Verdict("too early", Note("After {step} of at least {least} steps there is little to tell.", values))


def _complete(reading: Reading) -> Note:
    values = {"std": _std(reading), "least": f"{LEAST_STD:g}", "loss": _number(reading.loss, 3)}
    if math.isnan(reading.loss) or reading.loss > HIGHEST_LOSS:
        return Note("All inputs give nearly the same output: std·√d is {std} (below {least}).", values)
    return Note(
        "All inputs give nearly the same output: std·√d is {std} (below {least}). The loss of {loss} does not show it.",
        values,
    )


def _dimensional(reading: Reading) -> Note:
    values = {
        "std": _std(reading),
        "rank": _number(reading.rank, 1),
        "directions": reading.directions,
        "least": _number(least_rank(reading.directions), 1),
    }
    if reading.std >= AS_IF_HEALTHY_STD:
        return Note(
            "std·√d is {std}, as if healthy, but the outputs fill only {rank} of {directions} directions "
            "(RankMe; below √{directions} = {least}).",
            values,
        )
    return Note(
        "The outputs fill only {rank} of {directions} directions (RankMe; below √{directions} = {least}), "
        "and std·√d is {std}.",
        values,
    )


def _high_loss(reading: Reading) -> Note:
    values = {"loss": _number(reading.loss, 2), "highest": _number(HIGHEST_LOSS, 1), "std": _std(reading)}
    return Note(
        "The loss stays at {loss} (above {highest}): the predictor does not find the other view. "
        "This is no collapse, std·√d is {std}.",
        values,
    )


def _no_gain(reading: Reading) -> Note:
    values = {
        "knn": _number(reading.knn, 2),
        "start": _number(reading.start_knn, 2),
        "gain": f"{LEAST_GAIN:g}",
        "std": _std(reading),
    }
    return Note(
        "Nothing is learnt: the neighbours' accuracy is {knn}, at the start it was {start} "
        "(less than {gain} gained). This is no collapse, std·√d is {std}.",
        values,
    )


def _at_chance(reading: Reading) -> Note:
    values = {"knn": _number(reading.knn, 2), "chance": _number(reading.chance, 2), "std": _std(reading)}
    return Note(
        "Neighbours do not share their class: their accuracy is {knn}, always naming the largest class gives {chance}. "
        "This is no collapse, std·√d is {std}.",
        values,
    )


def _healthy(reading: Reading) -> Note:
    values = {
        "std": _std(reading),
        "rank": _number(reading.rank, 1),
        "directions": reading.directions,
        "knn": _number(reading.knn, 2),
        "start": _number(reading.start_knn, 2),
    }
    if math.isnan(reading.knn):
        return Note("std·√d is {std}, and the outputs fill {rank} of {directions} directions (RankMe).", values)
    if math.isnan(reading.start_knn):
        return Note(
            "std·√d is {std}, and the outputs fill {rank} of {directions} directions (RankMe); "
            "the neighbours' accuracy is {knn}.",
            values,
        )
    return Note(
        "std·√d is {std}, and the outputs fill {rank} of {directions} directions (RankMe); "
        "the neighbours' accuracy is {knn}, at the start it was {start}.",
        values,
    )


def _std(reading: Reading) -> str:
    return _number(reading.std, 2) if reading.std >= 0.1 else f"{reading.std:.2g}"


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace("-", "−")
