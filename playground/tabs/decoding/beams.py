"""Beam search, plain and diverse.

Beam search keeps the B hypotheses of greatest cumulative log-probability, and ranks those that have
ended by score / length^penalty; it takes the same tokens as transformers' ``generate(num_beams=B)``.
Diverse beam search [1] splits the beams into groups that choose one after another: a token costs a
group `diversity` for every hypothesis of an earlier group that goes on with it at this step.

1. Vijayakumar et al. 2016, arXiv 1610.02424.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from playground.tabs.decoding.hypotheses import Advance, Node

CPU = torch.device("cpu")
EarlyStopping = bool | Literal["never"]


@dataclass(frozen=True)
class _Rules:
    """What all groups of a search share; `early_stopping` as in transformers' GenerationConfig."""

    eos: int | None
    limit: int
    length_penalty: float
    early_stopping: EarlyStopping


class DiverseBeamSearch:
    """`groups` beam searches of beams / groups rows each, which keep out of each other's way."""

    delay = 0
    reads_hidden = False

    def __init__(
        self,
        beams: int,
        groups: int,
        eos: int | None,
        limit: int,
        diversity: float = 1.0,
        length_penalty: float = 1.0,
        early_stopping: EarlyStopping = False,
        device: torch.device = CPU,
    ) -> None:
        if beams % groups:
            raise ValueError(f"{beams} beams cannot be split into {groups} groups of one size")
        rules = _Rules(eos, limit, length_penalty, early_stopping)
        size = beams // groups
        self.width = beams
        self._groups = [_Group(first, size, rules, device) for first in range(0, beams, size)]
        self._diversity = diversity
        self._nodes = 0

    def begin(self, hidden: Tensor) -> None:
        """Beams look at probabilities alone."""

    def advance(self, log_p: Tensor, hidden: Tensor | None = None) -> Advance:
        """Lengthen the hypotheses of every group by one token; log_p (W, V)."""
        used = torch.zeros(log_p.shape[-1], device=log_p.device)  # (V,): how often earlier groups took a token
        nodes: list[Node] = []
        for group in self._groups:
            if not group.over:
                nodes += group.grow(log_p, -self._diversity * used, self._nodes + len(nodes))
                used += torch.bincount(group.tokens, minlength=len(used))
        self._nodes += len(nodes)
        tokens = torch.cat([group.tokens for group in self._groups])
        parents = torch.cat([group.parents for group in self._groups])
        return Advance(tokens, parents, tuple(nodes), all(group.over for group in self._groups))

    def best(self) -> int:
        """The node of the best hypothesis that has ended, else of the best one that goes on."""
        ended = [group.ended[0] for group in self._groups if group.ended]
        return max(ended or [group.leader for group in self._groups], key=lambda hypothesis: hypothesis[0])[1]


class BeamSearch(DiverseBeamSearch):
    """Beam search: the diverse one with a single group."""

    def __init__(
        self,
        beams: int,
        eos: int | None,
        limit: int,
        length_penalty: float = 1.0,
        early_stopping: EarlyStopping = False,
        device: torch.device = CPU,
    ) -> None:
        super().__init__(beams, 1, eos, limit, 0.0, length_penalty, early_stopping, device)


class _Group:
    """The B hypotheses of one group, in the rows from `first` on.

    ended: (score / length^penalty, node) of the best B that have ended, best first. A row whose
    score is -inf holds no hypothesis: all but one at the start, and where no token is left.
    """

    def __init__(self, first: int, size: int, rules: _Rules, device: torch.device) -> None:
        self._first, self._size, self._rules = first, size, rules
        self._scores = torch.full((size,), -torch.inf, device=device)
        self._scores[0] = 0.0
        self._running = [-1] * size  # the node in which each row's hypothesis ends
        self._steps = 0
        self.tokens = torch.zeros(size, dtype=torch.long, device=device)
        self.parents = torch.arange(first, first + size, device=device)
        self.ended: list[tuple[float, int]] = []
        self.over = False

    @property
    def leader(self) -> tuple[float, int]:
        """Score and node of the best hypothesis that goes on."""
        return float(self._scores[0]), self._running[0]

    def grow(self, log_p: Tensor, penalty: Tensor, next_node: int) -> list[Node]:
        """Lengthen the hypotheses by one token; log_p (W, V) of all groups, penalty (V,) added to it."""
        log_p = log_p[self._first : self._first + self._size]  # (B, V)
        scores = (log_p + penalty + self._scores[:, None]).flatten()
        # Twice as many as there are beams, so that B go on even if B end at once.
        values, places = scores.topk(2 * self._size)
        rows, tokens = places // log_p.shape[-1], places % log_p.shape[-1]
        columns = (rows, tokens, log_p[rows, tokens], values)
        candidates = list(zip(*(column.tolist() for column in columns), strict=True))
        going = [rank for rank, (_, token, _, _) in enumerate(candidates) if token != self._rules.eos][: self._size]
        # Only a candidate among the first B can end; one further down gives way to those that go on.
        kept = sorted({*range(self._size), *going}) if self._steps + 1 < self._rules.limit else range(self._size)
        alive = [rank for rank in kept if candidates[rank][3] > -torch.inf]
        nodes = {rank: self._node(next_node + i, *candidates[rank]) for i, rank in enumerate(alive)}
        self._steps += 1
        self._end(nodes.values())
        self._running = [nodes[rank].node if rank in nodes else -1 for rank in going]
        index = torch.tensor(going, device=values.device)
        self.tokens, self.parents, self._scores = tokens[index], rows[index] + self._first, values[index]
        self.over = self._is_over()
        return list(nodes.values())

    def _node(self, node: int, row: int, token: int, log_p: float, score: float) -> Node:
        """The node of a candidate; `row` counts within the group."""
        parent, finished = self._running[row], token == self._rules.eos
        return Node(node, parent, self._steps, self._first + row, token, log_p, score, finished)

    def _end(self, nodes: Iterable[Node]) -> None:
        """Rank the hypotheses that end now, at the limit all, among those that ended before."""
        at_limit, length = self._steps == self._rules.limit, self._steps**self._rules.length_penalty
        self.ended += [(node.score / length, node.node) for node in nodes if node.finished or at_limit]
        self.ended = sorted(self.ended, key=lambda hypothesis: -hypothesis[0])[: self._size]

    def _is_over(self) -> bool:
        """Whether no hypothesis that goes on can still win, by transformers' estimate of how far it could get."""
        rules, best = self._rules, float(self._scores[0])
        if self._steps >= rules.limit or best == -torch.inf:
            return True
        if len(self.ended) < self._size:
            return False
        hopeful = rules.early_stopping == "never" and rules.length_penalty > 0
        length = rules.limit if hopeful else self._steps
        return rules.early_stopping is True or best / length**rules.length_penalty <= self.ended[-1][0]
