"""Loops and their certificates for many greedy rows at once.

What `loops.LoopDetector` and `certificate.LoopCertificate` find for one row, step by step the same,
with one operation for all rows.
"""

from __future__ import annotations

import torch
from torch import Tensor

from models.nets.rnn_lm import RecurrentLM
from playground.tabs.decoding.certificate import ROUNDING, TOLERANCE
from playground.tabs.decoding.loops import FEWEST_COPIES, LONGEST_PERIOD

STATE_MEMORY = 2**28  # bytes that the states of the last steps may take


class Loops:
    """The loop that each of R rows ends in, updated in constant time a token."""

    def __init__(self, rows: int, longest: int, device: torch.device) -> None:
        self._periods = torch.arange(1, longest + 1, device=device)
        self._recent = torch.full((rows, longest), -1, device=device)  # token of step t in column t % longest
        self._repeated = torch.zeros(rows, longest, dtype=torch.long, device=device)
        self._length = 0

    def push(self, tokens: Tensor) -> Tensor:
        """The periods (R,) of the loops after tokens (R,), 0 for none."""
        longest = len(self._periods)
        before = self._recent[:, (self._length - self._periods) % longest]  # (R, longest): the token a period ago
        self._repeated = (self._repeated + 1) * (before == tokens[:, None])
        self._recent[:, self._length % longest] = tokens
        self._length += 1
        covers = (self._repeated + self._periods) * (self._repeated >= (FEWEST_COPIES - 1) * self._periods)
        # Of the loops that go back farthest, the shortest.
        ranked = torch.where(covers > 0, covers * (longest + 1) - self._periods, 0)
        best, place = ranked.max(dim=1)
        return torch.where(best > 0, self._periods[place], 0)

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows only."""
        self._recent, self._repeated = self._recent[rows], self._repeated[rows]


class Certificates:
    """Watches the states of R greedy rows of a vanilla recurrent model."""

    def __init__(self, model: RecurrentLM, rows: int, size: int) -> None:
        """`size` is the length D of a state."""
        device = model.device
        longest = max(1, min(LONGEST_PERIOD, STATE_MEMORY // (8 * max(1, rows) * size)))
        self._loops = Loops(rows, longest, device)
        self._sensitivity = 2 * float(model.decoder.weight.detach().norm(dim=1).max())
        self._states = torch.zeros(
            2 * longest + 1, rows, size, device=device
        )  # of the last steps, step t in t % its length
        self._step = 0
        self._returned = torch.zeros(rows, dtype=torch.long, device=device)
        self.period = torch.zeros(rows, dtype=torch.long, device=device)

    def push(self, tokens: Tensor, states: Tensor, margins: Tensor) -> Tensor:
        """Which loops are certain, (R,), after tokens (R,) chosen at states (R, D) by margins (R,)."""
        self._states[self._step % len(self._states)] = states
        period = self._loops.push(tokens)
        self._returned *= period == self.period
        self.period = period
        reach = self._reach()
        safe = (reach < TOLERANCE) & (margins > self._sensitivity * reach)
        self._returned = (self._returned + 1) * safe
        self._step += 1
        return (period > 0) & (self._returned >= period)

    def _reach(self) -> Tensor:
        """How far each state can still move, (R,), if it goes on coming closer as over the last period."""
        reach = torch.full_like(self._returned, torch.inf, dtype=torch.float32)
        (rows,) = ((self.period > 0) & (self._step >= 2 * self.period)).nonzero(as_tuple=True)
        if not len(rows):
            return reach
        now, before, earlier = (
            self._states[(self._step - i * self.period[rows]) % len(self._states), rows] for i in range(3)
        )
        distance, previous = (now - before).norm(dim=1), (before - earlier).norm(dim=1)
        rate = distance / previous
        left = torch.where(rate < 1, distance * rate / (1 - rate), torch.inf)  # the sum of a geometric series
        reach[rows] = torch.where(distance < ROUNDING, ROUNDING, left)
        return reach

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows only."""
        self._loops.keep(rows)
        self._states = self._states[:, rows]
        self._returned, self.period = self._returned[rows], self.period[rows]
