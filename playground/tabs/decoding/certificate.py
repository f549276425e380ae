"""When a recurrent network under greedy decoding is known to loop forever.

Its next state depends on its state and its last token alone. So when, over one whole period of a
token loop, every state comes ever closer to where it was one period before, and no token was
chosen by a margin that the way still to go could overturn, the same tokens follow again. The way
still to go is extrapolated from the rate of the last period, and states come back up to rounding,
not bit for bit: a numerical certificate, not a proof by interval arithmetic. A Transformer reads
an ever longer context and has no state that could come back; a self-terminating row counts its
steps, which never do.
"""

from __future__ import annotations

import math
from collections import deque

import torch
from torch import Tensor

from models.nets.rnn_lm import RecurrentCache, RecurrentLM
from playground.tabs.decoding.loops import LONGEST_PERIOD, Loop

TOLERANCE = 1e-2  # farthest that a state may still move away, in the norm of all its units
ROUNDING = 1e-5  # a state this near to where it was has come back


class LoopCertificate:
    """Watches the states of one greedy row of a vanilla recurrent model."""

    def __init__(self, model: RecurrentLM) -> None:
        # A state that moves by d moves the difference of two logits by at most 2 max |w| d.
        self._sensitivity = 2 * float(model.decoder.weight.detach().norm(dim=1).max())
        self._states: deque[Tensor] = deque(maxlen=2 * LONGEST_PERIOD + 1)
        self._period = 0
        self._returned = 0  # steps in a row at which the state came back

    def push(self, state: Tensor, margin: float, loop: Loop | None) -> bool:
        """Whether the loop is certain, after a token chosen at `state` (D,) by `margin` over the next best."""
        self._states.append(state)
        period = loop.period if loop else 0
        if period != self._period:
            self._period, self._returned = period, 0
        reach = self._reach(period) if period else math.inf
        safe = reach < TOLERANCE and margin > self._sensitivity * reach
        self._returned = self._returned + 1 if safe else 0
        return self._returned >= period > 0

    def _reach(self, period: int) -> float:
        """How far the state can still move, if it goes on coming closer as it did over the last period."""
        if len(self._states) <= 2 * period:
            return math.inf
        now, before, earlier = (self._states[-1 - i * period] for i in range(3))
        distance, previous = float(torch.dist(now, before)), float(torch.dist(before, earlier))
        if distance < ROUNDING:
            return ROUNDING
        rate = distance / previous if previous else math.inf
        return distance * rate / (1 - rate) if rate < 1 else math.inf  # the sum of a geometric series


def can_be_certified(model: torch.nn.Module) -> bool:
    """Whether the model's greedy continuation depends on a state of fixed size alone."""
    return isinstance(model, RecurrentLM) and model.config.termination == "vanilla"


def row_state(cache: RecurrentCache, row: int) -> Tensor:
    """The state of one row as one vector (D,)."""
    parts = (cache.hidden,) if cache.cell is None else (cache.hidden, cache.cell)
    return torch.cat([part[:, row].flatten() for part in parts])
