"""One row of a run: its decoder, what it has said so far, and whether it goes on."""

from __future__ import annotations

from collections.abc import Sequence
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
    """A row while it runs. `bound` names what keeps its p(<eos>) up, `epsilon` the rate of that bound.

    tokens are all new ones, forced ones first; a search has none until it is over. head is the node
    in which its text ends: ordinary rows number their own tokens from 0.
    """

    index: int
    strategy: Strategy
    bound: str
    epsilon: float
    stream: TextStream
    certificate: LoopCertificate | None = None
    tokens: list[int] = field(default_factory=list)
    log_probability: float = 0.0
    head: int = -1
    stopped: bool = False
    loop: Loop | None = None
    certified_at: int = -1  # step at which the loop became certain, -1 for not yet
    detector: LoopDetector = field(default_factory=LoopDetector)

    def force(self, token: int, log_p: float) -> None:
        """Add a token that was not the row's choice, with its log-probability."""
        self._add(token, log_p)
        self.stream.push(token)

    def push(self, token: int, log_p: float, eos: int | None) -> str:
        """Add the row's next token with its log-probability; returns the text it completes."""
        self._add(token, log_p)
        self.head += 1
        self.stopped = token == eos
        if self.stopped:
            self.loop = None
        return self.stream.push(token)

    def _add(self, token: int, log_p: float) -> None:
        self.tokens.append(token)
        self.log_probability += log_p
        self.loop = self.detector.push(token)

    def finish(self, tokens: Sequence[int], log_p: float, head: int, eos: int | None) -> None:
        """Take the answer of a search: its tokens after the forced ones, their log-probability, the last one's node."""
        for token in tokens:
            self._add(token, 0.0)
        self.log_probability += log_p
        self.head = head
        self.stopped = bool(tokens) and tokens[-1] == eos
        if self.stopped:
            self.loop = None

    def certify(self, state: Tensor, margin: float) -> None:
        """Look whether the loop, if there is one, became certain with the last token, chosen at `state`.

        margin is how far its log-probability was above the next one, or below the best for a forced token.
        """
        if self.certificate and self.certified_at < 0 and self.certificate.push(state, margin, self.loop):
            self.certified_at = len(self.tokens) - 1

    @property
    def loops_forever(self) -> bool:
        """Whether waiting longer is of no use: the loop is certified or, where it cannot be, long.

        A row that draws may leave its loop by chance, one with a bound must end, and penalties and
        searches look at more than the last tokens: they all go on.
        """
        greedy = self.strategy.selection == "greedy" and not self.strategy.chain
        if self.loop is None or not greedy or self.bound != "none":
            return False
        return self.certified_at >= 0 if self.certificate else len(self.tokens) - self.loop.onset >= LONG_LOOP

    @property
    def status(self) -> str:
        """How the row ended, if it ended now."""
        return "stopped" if self.stopped else "loop" if self.loop else "limit"
