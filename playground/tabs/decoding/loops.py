"""Loops in a sequence of tokens: where the repetition begins, its period, and how often it came.

A row is in a loop when its last tokens are one stretch of at most 200 tokens, at least three times.
Where several stretches fit, the loop is the one that goes back farthest, and of those the shortest:
"a b c c c" three times over is one loop of five tokens, not one of "c".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LONGEST_PERIOD = 200
FEWEST_COPIES = 3


@dataclass(frozen=True)
class Loop:
    """The repetition that a sequence ends in: tokens[i] == tokens[i - period] from onset + period on."""

    onset: int
    period: int
    copies: int  # whole ones


class LoopDetector:
    """Finds the loop that the tokens pushed so far end in, in constant time a token."""

    def __init__(self) -> None:
        self._periods = np.arange(1, LONGEST_PERIOD + 1)
        self._needed = (FEWEST_COPIES - 1) * self._periods
        self._repeated = np.zeros_like(self._periods)  # for each period, how many tokens in a row came again
        self._newest_first = np.full(2 * LONGEST_PERIOD, -1)  # fills from its end; -1 is no token
        self._start = LONGEST_PERIOD
        self._length = 0

    def push(self, token: int) -> Loop | None:
        """The loop after this token, if the sequence now ends in one."""
        recent = self._newest_first[self._start : self._start + LONGEST_PERIOD]
        self._repeated += 1
        self._repeated *= recent == token
        self._remember(token)
        enough = self._repeated >= self._needed
        if not enough.any():
            return None
        covers = np.where(enough, self._repeated + self._periods, 0)
        period = int(covers.argmax()) + 1
        covered = int(covers[period - 1])
        return Loop(self._length - covered, period, covered // period)

    def _remember(self, token: int) -> None:
        if self._start == 0:
            self._newest_first[LONGEST_PERIOD:] = self._newest_first[:LONGEST_PERIOD]
            self._start = LONGEST_PERIOD
        self._start -= 1
        self._newest_first[self._start] = token
        self._length += 1
