"""What a decoding run reports: one start, perhaps an inspection, steps, one end.

A step frame is a table with one entry for each row and step it covers: E entries, their columns
side by side. Probabilities are those of the row's own model; for a floor row that is the model
with the floor laid on.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame, Note

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

PROMPT_CUT = "The prompt is {length} tokens long: the model reads the last {kept}."
BRANCHES_LEFT_OUT = "Left out, since they end the text or point beyond the run: branches {branches}."
LENGTH_CUT = "This model reads at most {window} tokens: every row is cut after {limit} new ones."


@dataclass(frozen=True)
class DecodingStart(Frame):
    """What is run: the prompt's tokens and, for each of R rows, its decoder, model and bound.

    bounds say what keeps p(<eos>) up: "none", "st", "nmst" or "floor"; epsilons (R,) its rate, 0
    for none. limit is the longest row; window the model's, 0 for none; eos is -1 where there is none.
    forced are the texts of the new tokens that branches laid down: every row goes on after them, and
    they count as its first steps. left_out are the branches that could not be taken.
    """

    prompt: tuple[str, ...]
    forced: tuple[str, ...]
    left_out: tuple[str, ...]
    prompt_dropped: int
    decoders: tuple[str, ...]
    models: tuple[str, ...]
    bounds: tuple[str, ...]
    epsilons: npt.NDArray[np.float64]
    limit: int
    requested: int
    window: int
    eos: int

    def notes(self) -> tuple[Note, ...]:
        """What was cut before the start, in sentences."""
        kept = len(self.prompt)
        cut = (
            (self.prompt_dropped > 0, Note(PROMPT_CUT, {"length": kept + self.prompt_dropped, "kept": kept})),
            (self.limit < self.requested, Note(LENGTH_CUT, {"window": self.window, "limit": self.limit})),
            (len(self.left_out) > 0, Note(BRANCHES_LEFT_OUT, {"branches": ", ".join(self.left_out)})),
        )
        return tuple(note for applies, note in cut if applies)


@dataclass(frozen=True)
class DecodingStep(Frame):
    """New tokens, E entries. Steps count from 0; ranks from 1; loop_period 0 and eos_rank 0 mean none.

    kept_* describe the set that the token was chosen from after the decoder's filter;
    kept_probability is the token's within it. bound is the lower bound on p_eos, 0 where there is
    none. alternatives (E, 5) are the most probable tokens before the filter. loop_certified_at is the step at
    which the loop became certain, -1 while it is not.

    A row's entries are nodes of a tree, numbered from 0 in the order in which they come; parent is
    the node that an entry goes on from, -1 at the start. Rows that keep one text form a chain; a
    search has one entry for every hypothesis that it keeps at a step. score is the log-probability
    of all tokens up to this one.
    """

    step: Ints
    row: Ints
    node: Ints
    parent: Ints
    token: Ints
    text: tuple[str, ...]
    score: Floats  # nats
    probability: Floats
    kept_probability: Floats
    kept_size: Ints
    entropy: Floats  # nats
    p_eos: Floats
    eos_rank: Ints
    eos_kept: Bools
    bound: Floats
    alternatives: Ints
    alternative_probabilities: Floats
    alternative_texts: tuple[tuple[str, ...], ...]
    loop_onset: Ints
    loop_period: Ints
    loop_certified_at: Ints


@dataclass(frozen=True)
class DecodingEnd(Frame):
    """How each of R rows ended: "stopped" by <eos>, in a "loop", or at the "limit".

    loop_* are 0 where there is no loop; loop_certified_at is the step at which it became
    certain, -1 for never.
    length, log_probability and texts are those of all new tokens, forced ones and <eos> included.
    head is the node at which the row's text ends: the chain of its parents is what the row chose.
    """

    status: tuple[str, ...]
    head: Ints
    length: Ints
    loop_onset: Ints
    loop_period: Ints
    loop_copies: Ints
    loop_certified_at: Ints
    log_probability: npt.NDArray[np.float64]
    steps_saved: Ints
    texts: tuple[str, ...]


@dataclass(frozen=True)
class DecodingInspection(Frame):
    """What each part of a row's chain does at one step: S stages over the M most probable tokens of any stage.

    Stage 0 is the model itself, then comes one for every part in the order in which they act.
    probability (S, M) is 0 for what is cut; the other columns (S,) are over the whole vocabulary.
    """

    row: int
    step: int
    stages: tuple[str, ...]
    tokens: Ints
    texts: tuple[str, ...]
    probability: Floats
    kept_size: Ints
    entropy: Floats  # nats
    p_eos: Floats
    eos_kept: Bools


_COLUMNS = tuple(field.name for field in fields(DecodingStep) if field.name != "done")


def join_steps(parts: list[DecodingStep], done: float) -> DecodingStep:
    """The entries of several step frames in one."""
    if len(parts) == 1:
        return replace(parts[0], done=done)
    columns: dict[str, Any] = {}
    for name in _COLUMNS:
        values = [getattr(part, name) for part in parts]
        columns[name] = np.concatenate(values) if isinstance(values[0], np.ndarray) else sum(values, ())
    return DecodingStep(done, **columns)
