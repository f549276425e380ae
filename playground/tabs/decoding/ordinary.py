"""Rows that keep one text each: every token of all of them is chosen in one go."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from playground.tabs.decoding.chains import Moment
from playground.tabs.decoding.frames import DecodingStep
from playground.tabs.decoding.groups import Setting, Stages, StateOf, Turn
from playground.tabs.decoding.readings import Readings, Taken, entries, floats, ints
from playground.tabs.decoding.rows import Row
from playground.tabs.decoding.selection import Choice, Selector, kind
from playground.tabs.decoding.stepper import Reading
from playground.tabs.decoding.streams import uniforms


class OrdinaryRows:
    """The rows that choose one token a step. A row leaves when it ends, and its share of the work with it."""

    def __init__(self, rows: Sequence[Row], setting: Setting) -> None:
        self.rows, self._setting = sorted(rows, key=lambda row: kind(row.strategy)), setting
        self._selector = Selector([row.strategy for row in self.rows], setting.eos, setting.device)
        self._history = torch.tensor([list(setting.start)], device=setting.device).expand(len(self.rows), -1)
        self._numbers = self._streams("")  # (R, limit)
        self._xtc = self._streams("/xtc") if any(row.strategy.has("xtc") for row in rows) else None
        self._drawing = self._which_draw()

    @property
    def width(self) -> int:
        """How many rows there still are."""
        return len(self.rows)

    def _streams(self, suffix: str) -> Tensor:
        seed, limit = self._setting.seed, self._setting.limit
        numbers = [uniforms(seed, row.strategy.name + suffix, limit) for row in self.rows]
        return torch.from_numpy(np.stack(numbers)).to(self._setting.device)

    def _which_draw(self) -> Tensor:
        return torch.tensor([row.strategy.samples for row in self.rows], device=self._setting.device)

    def begin(self, reading: Reading) -> None:
        """Go through the forced tokens as the one row read them: each row remembers them as if they were its own."""
        for step, token in enumerate(self._setting.forced):
            logits = reading.logits[step].expand(self.width, -1)
            log_p = self._selector.distribution(logits, step)
            tokens = torch.full((self.width,), token, device=logits.device)
            if self._selector.adapts:
                moment = self._moment(step, logits)
                self._selector.choose(log_p, log_p.exp(), self._numbers[self._drawing, step], moment, forced=tokens)
            self._remember(tokens)
            best = log_p.topk(2, dim=-1).values
            margins = torch.where(log_p[:, token] < best[:, 0], -torch.inf, best[:, 0] - best[:, 1]).tolist()
            for row, log_probability, margin in zip(self.rows, log_p[:, token].tolist(), margins, strict=True):
                row.force(token, log_probability)
                if reading.states is not None:
                    row.certify(reading.states[step], margin)

    def step(self, step: int, logits: Tensor, hidden: Tensor | None, state: StateOf) -> Turn:
        """One new token for every row, from logits (R, V)."""
        log_p = self._selector.distribution(logits, step)
        p = log_p.exp()
        choice = self._selector.choose(log_p, p, self._numbers[self._drawing, step], self._moment(step, logits))
        readings = Readings.of(log_p, p, self._setting.eos)
        table = self._push(step, log_p, choice, readings, state)
        self._remember(choice.token)
        return self._leave(step, table, choice.token)

    def stages(self, row: int, step: int, logits: Tensor) -> Stages | None:
        """What each part of a row does at the step about to be taken; None for a row that is not here."""
        places = [place for place, each in enumerate(self.rows) if each.index == row]
        return self._selector.stages(places[0], self._moment(step, logits)) if places else None

    def _moment(self, step: int, logits: Tensor) -> Moment:
        xtc = None if self._xtc is None else self._xtc[:, step]
        return Moment(step, logits=logits, history=self._history, xtc=xtc, breakers=self._setting.breakers)

    def _remember(self, tokens: Tensor) -> None:
        if self._selector.looks_back:
            self._history = torch.cat([self._history, tokens[:, None]], dim=1)

    def _push(self, step: int, log_p: Tensor, choice: Choice, readings: Readings, state: StateOf) -> DecodingStep:
        """Add the chosen tokens to their rows; returns the table of this step."""
        chosen = log_p.gather(-1, choice.token[:, None])[:, 0]
        tokens = choice.token.tolist()
        texts = [
            row.push(token, log_probability, self._setting.eos)
            for row, token, log_probability in zip(self.rows, tokens, chosen.tolist(), strict=True)
        ]
        for place, row in enumerate(self.rows):
            now = state(place) if row.certificate and row.certified_at < 0 else None
            if now is not None:
                row.certify(now, float(readings.margin[place]))
        taken = Taken(
            rows=self.rows,
            step=[step] * len(tokens),
            node=[row.head for row in self.rows],
            parent=[row.head - 1 for row in self.rows],
            token=tokens,
            text=texts,
            score=[row.log_probability for row in self.rows],
            probability=floats(chosen.exp()),
            kept_probability=floats(choice.kept_probability),
            kept_size=ints(choice.kept_size),
            eos_kept=choice.eos_kept.cpu().numpy(),
        )
        return entries(taken, readings, self._setting.texts)

    def _leave(self, step: int, table: DecodingStep, tokens: Tensor) -> Turn:
        """Drop the rows that have ended."""
        last, loop_stop = step + 1 == self._setting.limit, self._setting.loop_stop
        staying = [
            place
            for place, row in enumerate(self.rows)
            if not (last or row.stopped or (loop_stop and row.loops_forever))
        ]
        index = torch.tensor(staying, dtype=torch.long, device=tokens.device)
        if len(staying) < len(self.rows):
            self.rows = [self.rows[place] for place in staying]
            self._selector = self._selector.keep(staying)
            self._history, self._numbers = self._history[index], self._numbers[index]
            self._xtc = None if self._xtc is None else self._xtc[index]
            self._drawing = self._which_draw()
            tokens = tokens[index]
        return Turn(table, tokens, index)
