"""A row that searches: it owns several rows of the batch, and each hypothesis it keeps is an entry."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from playground.tabs.decoding.chains import Moment
from playground.tabs.decoding.frames import DecodingStep
from playground.tabs.decoding.groups import Setting, Stages, StateOf, Turn
from playground.tabs.decoding.hypotheses import Node
from playground.tabs.decoding.readings import Readings, Taken, entries, floats, ints
from playground.tabs.decoding.rows import Row
from playground.tabs.decoding.searches import search_for
from playground.tabs.decoding.selection import Selector
from playground.tabs.decoding.stepper import Reading
from playground.tabs.decoding.texts import TextStream


@dataclass(frozen=True)
class _Seen:
    """The distributions (W, V) of one step, before and after the modifiers, and what was read off them."""

    log_p: Tensor
    modified: Tensor
    readings: Readings


@dataclass(frozen=True)
class _Written:
    """A node's token, its log-probability under the model alone, and the text as far as it."""

    parent: int
    token: int
    log_p: float
    stream: TextStream


class SearchingRow:
    """One row of the run that keeps several hypotheses."""

    def __init__(self, row: Row, setting: Setting) -> None:
        self._row, self._setting = row, setting
        self._search = search_for(row.strategy, setting.eos, setting.limit - len(setting.forced), setting.device)
        self.rows, self.width = [row], self._search.width
        self._selector = Selector([row.strategy] * self.width, setting.eos, setting.device)
        self._history = torch.tensor([list(setting.start)], device=setting.device).expand(self.width, -1)
        self._seen: _Seen | None = None
        self._written: list[_Written] = []

    @property
    def reads_hidden(self) -> bool:
        """Whether the search looks at hidden states."""
        return self._search.reads_hidden

    def begin(self, reading: Reading) -> None:
        """Go through the forced tokens as the one row read them."""
        for step, token in enumerate(self._setting.forced):
            log_p = self._selector.distribution(reading.logits[step].expand(self.width, -1), step)
            self._row.force(token, float(log_p[0, token]))
            self._remember(torch.full((self.width,), token, device=log_p.device))
        if self.reads_hidden:
            assert reading.hidden is not None
            self._search.begin(reading.hidden)

    def step(self, step: int, logits: Tensor, hidden: Tensor | None, state: StateOf) -> Turn:
        """Lengthen the hypotheses by one token, from logits (W, V) and hidden states (W, D)."""
        seen = self._see(step, logits)
        advance = self._search.advance(seen.modified, hidden)
        source = self._seen if self._search.delay and self._seen else seen
        table = self._write(advance.nodes, source)
        self._seen = seen
        if advance.over:
            self._finish()
            return Turn(table, advance.tokens[:0], advance.parents[:0])
        self._selector = self._selector.keep(advance.parents.tolist())
        self._history = self._history[advance.parents]
        self._remember(advance.tokens)
        return Turn(table, advance.tokens, advance.parents)

    def stages(self, row: int, step: int, logits: Tensor) -> Stages | None:
        """What each modifier does to the first hypothesis at the step about to be taken; None for another row."""
        return self._selector.stages(0, self._moment(step, logits)) if row == self._row.index else None

    def _see(self, step: int, logits: Tensor) -> _Seen:
        log_p = self._selector.distribution(logits, step)
        modified = self._selector.modified(log_p, self._moment(step, logits))
        return _Seen(log_p, modified, Readings.of(log_p, log_p.exp(), self._setting.eos))

    def _moment(self, step: int, logits: Tensor) -> Moment:
        return Moment(step, logits=logits, history=self._history, breakers=self._setting.breakers)

    def _remember(self, tokens: Tensor) -> None:
        if self._selector.looks_back:
            self._history = torch.cat([self._history, tokens[:, None]], dim=1)

    def _write(self, nodes: tuple[Node, ...], seen: _Seen) -> DecodingStep:
        """Note down the new nodes; returns their table. The distributions are those that they come from."""
        rows = torch.tensor([node.row for node in nodes], dtype=torch.long, device=seen.log_p.device)
        tokens = torch.tensor([node.token for node in nodes], dtype=torch.long, device=seen.log_p.device)
        chosen, modified = seen.log_p[rows, tokens], seen.modified[rows]
        kept = modified > -torch.inf  # (E, V)
        texts = [self._text(node, log_p) for node, log_p in zip(nodes, chosen.tolist(), strict=True)]
        forced, before = len(self._setting.forced), self._row.log_probability
        eos = self._setting.eos
        taken = Taken(
            rows=[self._row] * len(nodes),
            step=[node.step + forced for node in nodes],
            node=[node.node for node in nodes],
            parent=[node.parent for node in nodes],
            token=[node.token for node in nodes],
            text=texts,
            score=[before + node.score for node in nodes],
            probability=floats(chosen.exp()),
            kept_probability=floats(modified.log_softmax(dim=-1).gather(-1, tokens[:, None])[:, 0].exp()),
            kept_size=ints(kept.sum(dim=-1)),
            eos_kept=(kept[:, eos] if eos is not None else torch.zeros_like(rows, dtype=torch.bool)).cpu().numpy(),
        )
        return entries(taken, seen.readings[[node.row for node in nodes]], self._setting.texts)

    def _text(self, node: Node, log_p: float) -> str:
        """Note a node down; returns the text that it completes on its way."""
        before = self._row.stream if node.parent < 0 else self._written[node.parent].stream
        stream = before.fork()
        self._written.append(_Written(node.parent, node.token, log_p, stream))
        return stream.push(node.token)

    def _finish(self) -> None:
        """Give the row the best hypothesis."""
        head = node = self._search.best()
        path: list[_Written] = []
        while node >= 0:
            path.append(self._written[node])
            node = path[-1].parent
        tokens = [written.token for written in reversed(path)]
        self._row.finish(tokens, sum(written.log_p for written in path), head, self._setting.eos)
        self.rows, self.width = [], 0
