"""Rows of one model in lockstep: one reading of the prompt, then one forward pass a step for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.tabs.decoding.certificate import LoopCertificate, can_be_certified, row_state
from playground.tabs.decoding.filters import bound
from playground.tabs.decoding.frames import DecodingStep
from playground.tabs.decoding.rows import Row
from playground.tabs.decoding.selection import Choice, Selector, kind
from playground.tabs.decoding.strategies import Strategy
from playground.tabs.decoding.streams import uniforms
from playground.tabs.decoding.texts import TextStream, TokenTexts

ALTERNATIVES = 5


def end_token(model: Any) -> int | None:
    """The id of <eos>, the first one of a model that has several; None where there is none."""
    eos = model.config.eos_token_id
    return next(iter(eos), None) if isinstance(eos, (list, tuple)) else eos


class Batch:
    """The rows of one model. A row leaves when it ends, and its share of the work with it."""

    def __init__(
        self, loaded: Any, strategies: Sequence[tuple[int, Strategy]], limit: int, seed: int, loop_stop: bool
    ) -> None:
        """`loaded` has model, tokenizer and device; strategies come with the index of their row in the run."""
        self.model, self.device = loaded.model, torch.device(loaded.device)
        self.eos = end_token(self.model)
        self.texts = TokenTexts(loaded.tokenizer)
        self.rows = [self._row(index, strategy) for index, strategy in strategies]
        self.active = sorted(self.rows, key=lambda row: kind(row.strategy))
        self._loop_stop = loop_stop
        self._uniforms = {row.index: uniforms(seed, row.strategy.name, limit) for row in self.rows}
        self._selector = self._selector_of_active()

    def _row(self, index: int, strategy: Strategy) -> Row:
        trained = getattr(self.model.config, "termination", "vanilla")
        kind, epsilon = "none", 0.0
        if trained != "vanilla":
            kind, epsilon = trained, self.model.config.epsilon
        if strategy.floor and self.eos is not None:
            kind, epsilon = "floor", strategy.floor
        certifiable = kind == "none" and not strategy.samples and can_be_certified(self.model)
        certificate = LoopCertificate(self.model) if certifiable else None
        return Row(index, strategy, kind, epsilon, TextStream(self.texts), certificate)

    def _selector_of_active(self) -> Selector:
        return Selector([row.strategy for row in self.active], self.eos, self.device)

    @torch.inference_mode()
    def read_prompt(self, prompt: list[int]) -> None:
        """Read the prompt once and give every row the state after it."""
        ids = torch.tensor([prompt], device=self.device)
        output = self.model(input_ids=ids, use_cache=True, logits_to_keep=1)
        self._cache = output.past_key_values
        self._cache.reorder_cache(torch.zeros(len(self.active), dtype=torch.long, device=self.device))
        self._logits = output.logits[:, -1].expand(len(self.active), -1)  # (R, V)

    @torch.inference_mode()
    def step(self, step: int) -> DecodingStep:
        """One new token for every active row, and what there is to know about it; steps count from 0."""
        if step > 0:
            self._read_last()
        log_p = self._selector.distribution(self._logits, step)  # (R, V)
        p = log_p.exp()
        drawing = [self._uniforms[row.index][step] for row in self.active if row.strategy.samples]
        choice = self._selector.choose(log_p, p, torch.tensor(drawing, dtype=torch.float64, device=self.device))
        entries = self._entries(step, log_p, p, choice)
        self._last = choice.token
        self._let_go()
        return entries

    def _read_last(self) -> None:
        """Let the model read the last token of every active row."""
        output = self.model(input_ids=self._last[:, None], past_key_values=self._cache, use_cache=True)
        self._cache, self._logits = output.past_key_values, output.logits[:, -1]

    def _entries(self, step: int, log_p: Tensor, p: Tensor, choice: Choice) -> DecodingStep:
        """The table of this step; also adds the tokens to their rows."""
        best = log_p.topk(min(ALTERNATIVES, log_p.shape[-1]), dim=-1)
        chosen = log_p.gather(-1, choice.token[:, None])[:, 0]
        tokens, alternatives = choice.token.tolist(), best.indices.tolist()
        texts = tuple(row.push(t, p, self.eos) for row, t, p in zip(self.active, tokens, chosen.tolist(), strict=True))
        self._certify(best.values)
        loops = [row.loop for row in self.active]
        node = np.array([len(row.tokens) - 1 for row in self.active], dtype=np.int32)
        p_eos, eos_rank = self._end(p)
        return DecodingStep(
            done=0.0,
            step=np.full(len(tokens), step, dtype=np.int32),
            row=np.array([row.index for row in self.active], dtype=np.int32),
            node=node,
            parent=node - 1,
            token=_ints(choice.token),
            text=texts,
            score=np.array([row.log_probability for row in self.active], dtype=np.float32),
            probability=_floats(chosen.exp()),
            kept_probability=_floats(choice.kept_probability),
            kept_size=_ints(choice.kept_size),
            entropy=_floats(-torch.linalg.vecdot(p, log_p)),
            p_eos=p_eos,
            eos_rank=eos_rank,
            eos_kept=choice.eos_kept.cpu().numpy(),
            bound=np.array([bound(step + 1, row.epsilon) for row in self.active], dtype=np.float32),
            alternatives=_ints(best.indices),
            alternative_probabilities=_floats(best.values.exp()),
            alternative_texts=tuple(tuple(map(self.texts.__getitem__, ids)) for ids in alternatives),
            loop_onset=np.array([loop.onset if loop else 0 for loop in loops], dtype=np.int32),
            loop_period=np.array([loop.period if loop else 0 for loop in loops], dtype=np.int32),
            loop_certified_at=np.array([row.certified_at for row in self.active], dtype=np.int32),
        )

    def _end(self, p: Tensor) -> tuple[Any, Any]:
        """Probability and rank of <eos> for every active row; zeros for a model without one."""
        if self.eos is None:
            return np.zeros(len(p), dtype=np.float32), np.zeros(len(p), dtype=np.int32)
        p_eos = p[:, self.eos]
        return _floats(p_eos), _ints((p > p_eos[:, None]).sum(dim=-1) + 1)

    def _certify(self, best: Tensor) -> None:
        """Let the rows whose loops can be certified look at their states; best (R, 5) log-probabilities."""
        for position, row in enumerate(self.active):
            if row.certificate and row.certified_at < 0:
                row.certify(row_state(self._cache, position), float(best[position, 0] - best[position, 1]))

    def _let_go(self) -> None:
        """Drop the rows that have ended from the state and from the batch."""
        staying = [
            i for i, row in enumerate(self.active) if not row.stopped and not (self._loop_stop and row.loops_forever)
        ]
        if len(staying) == len(self.active):
            return
        self.active = [self.active[i] for i in staying]
        if self.active:
            index = torch.tensor(staying, device=self.device)
            self._cache.reorder_cache(index)
            self._last = self._last[index]
            self._selector = self._selector_of_active()


def _ints(values: Tensor) -> np.ndarray[Any, np.dtype[np.int32]]:
    return values.to(torch.int32).cpu().numpy()


def _floats(values: Tensor) -> np.ndarray[Any, np.dtype[np.float32]]:
    return values.to(torch.float32).cpu().numpy()
