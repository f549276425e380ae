"""One row of a run: its decoder, what it has said so far, and whether it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field

from torch import Tensor

from playground.tabs.decoding.certificate import LoopCertificate
from playground.tabs.decoding.loops import Loop, LoopDetector
from playground.tabs.decoding.strategies import Strategy
from playground.tabs.decoding.texts import TextStream

# Where no certificate can be had, a greedy row's loop counts as endless after this many tokens.
LONG_LOOP = 64


@dataclass
class Row:
    """A row while it runs. `bound` names what keeps its p(<eos>) up, `epsilon` the rate of that bound."""

    index: int
    strategy: Strategy
    bound: str
    epsilon: float
    stream: TextStream
    certificate: LoopCertificate | None = None
    tokens: list[int] = field(default_factory=list)
    log_probability: float = 0.0
    stopped: bool = False
    loop: Loop | None = None
    certified_at: int = -1  # step at which the loop became certain, -1 for not yet
    detector: LoopDetector = field(default_factory=LoopDetector)

    def push(self, token: int, log_p: float, eos: int | None) -> str:
        """Add a token with its log-probability; returns the text it completes."""
        self.tokens.append(token)
        self.log_probability += log_p
        self.stopped = token == eos
        self.loop = None if self.stopped else self.detector.push(token)
        return self.stream.push(token)

    def certify(self, state: Tensor, margin: float) -> None:
        """Look whether the loop, if there is one, became certain with the last token."""
        if self.certificate and self.certified_at < 0 and self.certificate.push(state, margin, self.loop):
            self.certified_at = len(self.tokens) - 1

    @property
    def loops_forever(self) -> bool:
        """Whether waiting longer is of no use: the loop is certified or, where it cannot be, long.

        A row that draws may leave its loop by chance, one with a bound must end: both go on.
        """
        if self.loop is None or self.strategy.samples or self.bound != "none":
            return False
        return self.certified_at >= 0 if self.certificate else len(self.tokens) - self.loop.onset >= LONG_LOOP

    @property
    def status(self) -> str:
        """How the row ended, if it ended now."""
        return "stopped" if self.stopped else "loop" if self.loop else "limit"
