"""What a measurement reports: one start, and the figures of all decoders, again and again as prefixes come in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame, Note

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NO_PREFIXES = "There are no held-out prefixes for this model: they are random tokens."
FEWER_PREFIXES = "There are {count} held-out prefixes for this model: they are all used."
WINDOW_CUT = "This model reads at most {window} tokens: texts are cut after {limit} new ones."


@dataclass(frozen=True)
class MeasureStart(Frame):
    """What is measured: D decoders, each with its model, from `prefixes` prefixes up to `limit` tokens.

    source is where the prefixes come from in truth; window is the model's, 0 for none.
    """

    decoders: tuple[str, ...]
    models: tuple[str, ...]
    source: str
    prefixes: int
    limit: int
    asked_source: str
    asked_prefixes: int
    asked_limit: int
    window: int

    def notes(self) -> tuple[Note, ...]:
        """Where this is not what was asked for, in sentences."""
        differences = (
            (self.source != self.asked_source, Note(NO_PREFIXES)),
            (self.prefixes < self.asked_prefixes, Note(FEWER_PREFIXES, {"count": self.prefixes})),
            (self.limit < self.asked_limit, Note(WINDOW_CUT, {"window": self.window, "limit": self.limit})),
        )
        return tuple(note for differs, note in differences if differs)


@dataclass(frozen=True)
class MeasureResult(Frame):
    """The figures of D decoders over the first `prefixes` prefixes, each up to `steps` tokens so far.

    endless (D,) texts had no <eos> within `steps`; certified (D,) of them were proved to have none ever, looping
    (D,) end in a loop. survival (D, G) is the share still running after grid (G,) tokens. tokens (D,) is the
    sum of all lengths, <eos> included. seq_rep (D, 4), distinct (D, 3), diversity (D,), cross_entropy and
    entropy (D,) in nats a token are NaN while texts are under way. steps_run (D,) is what was computed,
    steps_saved (D,) what the certificates spared. seconds is wall time, the one figure that no second run repeats.
    """

    prefixes: int
    steps: int
    endless: Ints
    certified: Ints
    looping: Ints
    grid: Ints
    survival: Floats
    tokens: Ints
    seq_rep: Floats
    distinct: Floats
    diversity: Floats
    cross_entropy: Floats
    entropy: Floats
    steps_run: Ints
    steps_saved: Ints
    seconds: float
