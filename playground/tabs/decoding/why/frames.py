"""What the exhibits report: the probe a start and one frame a repeat, the bigrams one frame a cut, the bound one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame, Note

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SENTENCE_CUT = "The sentence is {length} tokens long: its first {kept} are repeated."
REPEATS_CUT = "A model here reads at most {window} tokens: {repeats} copies fit."


@dataclass(frozen=True)
class ProbeStart(Frame):
    """What is repeated: S series, each one sentence under one model.

    models, sentences and controls (S,) name them: a control is the sentence beside the one asked for.
    tokens are the texts of a sentence's tokens. repeats is how many copies are read.
    """

    models: tuple[str, ...]
    sentences: tuple[str, ...]
    controls: Bools
    tokens: tuple[tuple[str, ...], ...]
    lengths: Ints  # before the cut
    repeats: int
    requested: int
    window: int

    def notes(self) -> tuple[Note, ...]:
        """What was cut, in sentences."""
        long = max(range(len(self.tokens)), key=lambda series: int(self.lengths[series]))
        length, kept = int(self.lengths[long]), len(self.tokens[long])
        cut = (
            (kept < length, Note(SENTENCE_CUT, {"length": length, "kept": kept})),
            (self.repeats < self.requested, Note(REPEATS_CUT, {"window": self.window, "repeats": self.repeats})),
        )
        return tuple(note for applies, note in cut if applies)


@dataclass(frozen=True)
class ProbeStep(Frame):
    """One more copy of the sentence under every series, S entries each.

    log_probability is that of the whole copy given all before it, mean_probability the geometric mean
    over its tokens, lowest the least probable token's; most_probable is the share of tokens that
    greedy decoding would have chosen. p_eos is the probability of ending after the copy.
    """

    repeat: int  # from 1
    log_probability: Floats
    mean_probability: Floats
    lowest: Floats
    most_probable: Floats
    p_eos: Floats


@dataclass(frozen=True)
class BigramCut(Frame):
    """The bigram decoder cut at one level (k or mass), with <eos> cut like any other, kept, and dropped.

    Of these three: repetition R, row_maximum max_i sum_j P_ij^2, and the probability never_stops that a
    text never ends. lower_estimate is Su's, of the first.
    """

    level: float
    repetition: Floats
    row_maximum: Floats
    never_stops: Floats
    lower_estimate: float


@dataclass(frozen=True)
class BigramChosen(Frame):
    """The cut that was asked for, for each of the three treatments of <eos>.

    eigenvalues (3, E) are the largest moduli, of the elementwise square; remaining is the share of
    transitions left; cycles hold the texts of those of probability one.
    """

    cut: BigramCut
    lower_estimate: Floats
    eigenvalues: Floats
    remaining: Floats
    cycles: tuple[tuple[tuple[str, ...], ...], ...]


@dataclass(frozen=True)
class Bound(Frame):
    """The bound for epsilons (E,): the latest greedy stop, and what the bound has reached at the limit.

    The first `table` epsilons are those of the table, the last one was asked for, those between make the curve.
    """

    limit: int
    table: int
    epsilons: Floats
    latest: npt.NDArray[np.int64]
    reached: Floats
