"""The figures of one decoder, summed up as its texts come in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from playground.tabs.decoding.measure.metrics import (
    Bools,
    Distinct,
    Floats,
    Ints,
    ends_in_loop,
    repetition,
    survival,
)
from playground.tabs.decoding.measure.rollout import Texts


@dataclass
class Tally:
    """What is known of one decoder's texts; `distinct` counts their n-grams."""

    limit: int
    distinct: Distinct
    lengths: list[Ints] = field(default_factory=list)
    stopped: list[Bools] = field(default_factory=list)
    seq_rep: list[Floats] = field(default_factory=list)
    certified: int = 0
    looping: int = 0
    tokens: int = 0
    nats: float = 0.0
    entropy: float = 0.0
    steps_run: int = 0
    steps_saved: int = 0

    def add(self, texts: Texts) -> None:
        """Sum up more texts, all of them over."""
        self.lengths.append(texts.length)
        self.stopped.append(texts.stopped)
        self.certified += int(texts.certified.sum())
        self.looping += int(ends_in_loop(texts.tokens[~texts.stopped]).sum())
        self.tokens += int(texts.length.sum())
        written = np.arange(texts.tokens.shape[1]) < texts.length[:, None]
        self.nats -= float(texts.log_p.sum(where=written, dtype=np.float64))
        self.entropy += float(texts.entropy.sum(where=written, dtype=np.float64))
        self.steps_run += int(texts.steps_run.sum())
        self.steps_saved += int((texts.length - texts.steps_run).sum())
        words = [
            row[: length - stop] for row, length, stop in zip(texts.tokens, texts.length, texts.stopped, strict=True)
        ]
        self.seq_rep += [repetition(row) for row in words]
        self.distinct.add(words)

    @property
    def ended(self) -> int:
        """How many texts ended with <eos>."""
        return sum(int(stopped.sum()) for stopped in self.stopped)

    def survival(self, steps: Ints) -> Floats:
        """The share of texts still running after each number of tokens, (G,)."""
        return survival(np.concatenate(self.lengths), np.concatenate(self.stopped), steps)

    def mean_repetition(self) -> Floats:
        """seq-rep-1 to seq-rep-4, each the mean over the texts that are long enough; 0 where none is."""
        if not self.seq_rep:
            return np.full(4, np.nan)
        shares = np.array(self.seq_rep)
        known = ~np.isnan(shares)
        mean: Floats = np.where(known, shares, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        return mean
