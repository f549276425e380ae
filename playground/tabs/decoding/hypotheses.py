"""What a search gives back at every step: which rows go on with what, and the tokens it has taken.

A search owns W rows of the batch. A loop around it reads W tokens in one forward pass a step::

    search = search_for(strategy, eos, limit, device)
    search.begin(hidden_of_prompt)                      # (T, D); only where search.reads_hidden
    while True:
        advance = search.advance(log_p, hidden)         # (W, V), (W, D)
        if advance.over:
            break
        reorder the rows by advance.parents, then read advance.tokens
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor


@dataclass(frozen=True)
class Node:
    """A token of a hypothesis, numbered from 0 within the search; `parent` is the node before it, -1 at the root.

    step: its place among the search's tokens, from 0.
    row: which of the W distributions it comes from, those of this advance or of the one `delay` before.
    log_probability: of the token, modifiers included, in nats.
    score: what the search adds up along the hypothesis: log-probabilities, diversity penalties included.
    finished: whether the hypothesis ends here by <eos>.
    """

    node: int
    parent: int
    step: int
    row: int
    token: int
    log_probability: float
    score: float
    finished: bool


@dataclass(frozen=True)
class Advance:
    """What a search does with one step.

    tokens (W,): what its rows read next; parents (W,): which of its rows each of them goes on from,
    both long tensors; nodes: the hypotheses' new tokens; over: whether the search is done, in which
    case tokens and parents mean nothing.
    """

    tokens: Tensor
    parents: Tensor
    nodes: tuple[Node, ...]
    over: bool


class Search(Protocol):
    """A decoder that keeps several rows for one answer.

    width: the rows W it owns. delay: 1 where a token is taken one step after its distribution was
    seen, else 0. reads_hidden: whether it needs hidden states.
    """

    width: int
    delay: int
    reads_hidden: bool

    def begin(self, hidden: Tensor) -> None:
        """Take the last layer's hidden states (T, D) of the prompt; called once, where `reads_hidden`."""

    def advance(self, log_p: Tensor, hidden: Tensor | None = None) -> Advance:
        """Go on by one step from log-probabilities (W, V) after modifiers.

        At the first call all rows have read the prompt alone and are alike. hidden (W, D): the last
        layer's hidden states of the tokens just read, where `reads_hidden`.
        """

    def best(self) -> int:
        """The node in which the best hypothesis so far ends; -1 before the first node."""
