"""Rows of one model in lockstep: one reading of the prompt, then one forward pass a step for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from playground.tabs.decoding.certificate import LoopCertificate, can_be_certified
from playground.tabs.decoding.dry import sequence_breakers
from playground.tabs.decoding.frames import DecodingStep, join_steps
from playground.tabs.decoding.groups import Group, Setting, Stages, Turn
from playground.tabs.decoding.ordinary import OrdinaryRows
from playground.tabs.decoding.rows import Row
from playground.tabs.decoding.searching import SearchingRow
from playground.tabs.decoding.stepper import start_token, stepper_for
from playground.tabs.decoding.strategies import Strategy
from playground.tabs.decoding.texts import TextStream, TokenTexts


def end_token(model: Any) -> int | None:
    """The id of <eos>, the first one of a model that has several; None where there is none."""
    eos = model.config.eos_token_id
    return next(iter(eos), None) if isinstance(eos, (list, tuple)) else eos


class Batch:
    """The rows of one model: ordinary ones as one group, every search as a group of its own.

    Forced tokens stand after the prompt and count as new ones: steps go on after them. stages holds
    what the strategy asked for by `inspect`, a row's index and a step, did there.
    """

    def __init__(
        self,
        loaded: Any,
        strategies: Sequence[tuple[int, Strategy]],
        limit: int,
        seed: int,
        loop_stop: bool,
        forced: Sequence[int] = (),
        inspect: tuple[int, int] | None = None,
    ) -> None:
        """`loaded` has model, tokenizer and device; strategies come with the index of their row in the run."""
        self.model, self.device = loaded.model, torch.device(loaded.device)
        self.tokenizer = loaded.tokenizer
        self.eos = end_token(self.model)
        self.texts = TokenTexts(loaded.tokenizer)
        self.rows = [self._row(index, strategy) for index, strategy in strategies]
        self.forced, self.limit = list(forced), limit
        self.stages: Stages | None = None
        self._seed, self._loop_stop, self._inspect = seed, loop_stop, inspect
        self._groups: list[Group] = []

    @property
    def active(self) -> list[Row]:
        """The rows that go on."""
        return [row for group in self._groups for row in group.rows]

    def _row(self, index: int, strategy: Strategy) -> Row:
        trained = getattr(self.model.config, "termination", "vanilla")
        kind, epsilon = ("none", 0.0) if trained == "vanilla" else (trained, self.model.config.epsilon)
        if strategy.bound and self.eos is not None:
            kind, epsilon = strategy.bound.form, strategy.floor
        plain = kind == "none" and strategy.selection == "greedy" and not strategy.chain
        certificate = LoopCertificate(self.model) if plain and can_be_certified(self.model) else None
        return Row(index, strategy, kind, epsilon, TextStream(self.texts), certificate)

    @torch.inference_mode()
    def read_prompt(self, prompt: list[int]) -> None:
        """Read the prompt and the forced tokens once and give every row the state after them."""
        self._groups = self._grouped(self._setting(prompt))
        keep_hidden = any(isinstance(group, SearchingRow) and group.reads_hidden for group in self._groups)
        self._stepper = stepper_for(self.model, self.device, keep_hidden)
        reading = self._stepper.read(prompt, self.forced)
        for group in self._groups:
            group.begin(reading)
        width = sum(group.width for group in self._groups)
        self._stepper.spread(width)
        self._logits = reading.logits[-1].expand(width, -1)  # (W, V)

    def _setting(self, prompt: list[int]) -> Setting:
        encodes = getattr(self.model.config, "is_encoder_decoder", False)
        start = [start_token(self.model)] if encodes else prompt
        breakers = None
        if any(row.strategy.has("dry") for row in self.rows):
            breakers = torch.tensor(sequence_breakers(self.tokenizer), dtype=torch.long, device=self.device)
        return Setting(
            self.eos, self.texts, self.device, start, self.forced, self.limit, self._seed, self._loop_stop, breakers
        )

    def _grouped(self, setting: Setting) -> list[Group]:
        ordinary = [row for row in self.rows if not row.strategy.searches]
        groups: list[Group] = [OrdinaryRows(ordinary, setting)] if ordinary else []
        return groups + [SearchingRow(row, setting) for row in self.rows if row.strategy.searches]

    @torch.inference_mode()
    def step(self, step: int) -> DecodingStep:
        """One more step of every active row, and what there is to know about it; steps count forced tokens, from 0."""
        if step > len(self.forced):
            self._logits = self._stepper.step(self._tokens)
        tables = [self._turn(step)]
        while step + 1 == self.limit and self._groups:  # searches that take their last token a step later
            step += 1
            self._logits = self._stepper.step(self._tokens)
            tables.append(self._turn(step))
        return join_steps(tables, done=0.0)

    def _turn(self, step: int) -> DecodingStep:
        """Let every group take its step, and drop those that are over."""
        turns: list[Turn] = []
        parents: list[Tensor] = []
        first = 0
        for group in self._groups:
            rows = slice(first, first + group.width)
            first = rows.stop
            self._look(group, step, self._logits[rows])
            hidden = None if self._stepper.hidden is None else self._stepper.hidden[rows]
            turns.append(group.step(step, self._logits[rows], hidden, self._stepper.state))
            parents.append(turns[-1].parents + rows.start)
        self._go_on(torch.cat([turn.tokens for turn in turns]), torch.cat(parents), first)
        self._groups = [group for group in self._groups if group.width]
        return join_steps([turn.entries for turn in turns], done=0.0)

    def _go_on(self, tokens: Tensor, parents: Tensor, width: int) -> None:
        """Arrange the rows of the model for the tokens that they read next."""
        self._tokens = tokens
        if len(tokens) and not torch.equal(parents, torch.arange(width, device=parents.device)):
            self._stepper.reorder(parents)

    def _look(self, group: Group, step: int, logits: Tensor) -> None:
        if self._inspect and self._inspect[1] == step:
            self.stages = group.stages(self._inspect[0], step, logits) or self.stages
