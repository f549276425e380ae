"""Contrastive search: a probable token whose hidden state is unlike all that came before.

Of the k most probable tokens v it takes the one of greatest (1 - alpha) p(v) - alpha max_j cos(h_v, h_j),
j over all earlier positions, those of the prompt included [1]. h_v is known only after v has been read:
the search lets its k rows read the k candidates, and takes one of them at the next step.

1. Su et al. 2022, arXiv 2202.06417.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import normalize

from playground.tabs.decoding.hypotheses import Advance, Node


class ContrastiveSearch:
    """One hypothesis in k rows: each row has read it and one candidate for its next token."""

    delay = 1
    reads_hidden = True

    def __init__(self, k: int, alpha: float, eos: int | None, limit: int) -> None:
        self.width = k
        self._alpha, self._eos, self._limit = alpha, eos, limit
        self._steps = 0
        self._score = 0.0
        self._row = 0  # whose distribution the candidates come from
        self._tokens: Tensor | None = None  # (k,), the candidates

    def begin(self, hidden: Tensor) -> None:
        """Take the last layer's hidden states (T, D) of the prompt."""
        self._length = len(hidden)
        self._directions = hidden.new_empty(self._length + self._limit, hidden.shape[1])
        self._directions[: self._length] = normalize(hidden, dim=-1)

    def advance(self, log_p: Tensor, hidden: Tensor | None = None) -> Advance:
        """Take one of the candidates just read, and propose the next ones from its row; log_p (k, V), hidden (k, D).

        The first call only proposes.
        """
        nodes: tuple[Node, ...] = ()
        if self._tokens is not None and hidden is not None:
            nodes = (self._take(self._tokens, normalize(hidden, dim=-1)),)
        self._log_p, self._tokens = log_p[self._row].topk(self.width)
        over = self._steps == self._limit or any(node.finished for node in nodes)
        return Advance(self._tokens, torch.full_like(self._tokens, self._row), nodes, over)

    def _take(self, tokens: Tensor, directions: Tensor) -> Node:
        """Take the candidate of the best score; tokens (k,), directions (k, D) of their hidden states."""
        degeneration = (directions @ self._directions[: self._length].T).amax(dim=-1)  # (k,)
        scores = (1 - self._alpha) * self._log_p.exp() - self._alpha * degeneration
        winner = int(scores.argmax())
        token, log_p = int(tokens[winner]), float(self._log_p[winner])
        self._score += log_p
        step, came_from = self._steps, self._row
        self._directions[self._length] = directions[winner]
        self._length, self._steps, self._row = self._length + 1, step + 1, winner
        return Node(step, step - 1, step, came_from, token, log_p, self._score, token == self._eos)

    def best(self) -> int:
        """The node of the token taken last."""
        return self._steps - 1
