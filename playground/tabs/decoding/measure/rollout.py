"""Many prefixes under many decoders of one model: one forward pass a step for all texts still running."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from playground.tabs.decoding.batch import end_token
from playground.tabs.decoding.certificate import can_be_certified
from playground.tabs.decoding.chains import Moment
from playground.tabs.decoding.dry import sequence_breakers
from playground.tabs.decoding.entropy import LOG_ZERO
from playground.tabs.decoding.measure.loops import Certificates
from playground.tabs.decoding.measure.reader import Recurrent, pad, reader
from playground.tabs.decoding.selection import Selector, kind
from playground.tabs.decoding.stepper import start_token
from playground.tabs.decoding.strategies import Strategy
from playground.tabs.decoding.streams import uniforms

WASTE = 8  # rows that have ended are dropped once they are this part of all


@dataclass(frozen=True)
class Texts:
    """The N texts of one decoder: tokens (N, L) as far as length (N,) goes, <eos> included.

    log_p and entropy (N, L) are the model's, before anything the decoder does. A text with a
    certified loop has been continued to the limit without the model, from steps_run (N,) on.
    """

    tokens: npt.NDArray[np.int64]
    length: npt.NDArray[np.int64]
    stopped: npt.NDArray[np.bool_]
    certified: npt.NDArray[np.bool_]
    log_p: npt.NDArray[np.float32]
    entropy: npt.NDArray[np.float32]
    steps_run: npt.NDArray[np.int64]


class Rollout:
    """S decoders times N prefixes, in lockstep; row s N + n is decoder s from prefix n."""

    def __init__(
        self,
        loaded: Any,
        strategies: Sequence[tuple[int, Strategy]],
        prompts: list[list[int]],
        seeds: Sequence[int],
        limit: int,
        certificate: bool,
    ) -> None:
        """Strategies come with their index in the request; the texts of prompt n draw with seeds[n]."""
        self.model, self.device = loaded.model, torch.device(loaded.device)
        self.eos = end_token(self.model)
        self._strategies = sorted(strategies, key=lambda pair: kind(pair[1]))
        self._prompts, self._limit = prompts, limit
        rows = len(self._strategies) * len(prompts)
        self._tokens = torch.zeros(rows, limit, dtype=torch.long, device=self.device)
        self._log_p, self._entropy = torch.zeros(2, rows, limit, device=self.device).unbind()
        self._length = torch.zeros(rows, dtype=torch.long, device=self.device)
        self._stopped, self._certified = torch.zeros(2, rows, dtype=torch.bool, device=self.device).unbind()
        self._row_strategies = [strategy for _, strategy in self._strategies for _ in prompts]
        self._row_seeds = [seed for _ in self._strategies for seed in seeds]
        self._numbers = self._streams("")
        self._xtc = self._streams("/xtc") if self._any("xtc") else None
        self._breakers = torch.tensor(sequence_breakers(loaded.tokenizer)) if self._any("dry") else None
        self._active = torch.arange(rows, device=self.device)
        self._last = torch.zeros_like(self._active)
        self._running = torch.ones_like(self._active, dtype=torch.bool)  # of the active rows
        self._selector = Selector(self._row_strategies, self.eos, self.device)
        self._draws = torch.tensor([strategy.samples for strategy in self._row_strategies], device=self.device)
        self._bounded = torch.tensor([strategy.floor > 0 for strategy in self._row_strategies], device=self.device)
        self._history = self._starts() if self._selector.looks_back else None
        self._reader = reader(loaded)
        self._certificates = self._certificates_of_greedy() if certificate else None

    def _any(self, form: str) -> bool:
        return any(strategy.has(form) for _, strategy in self._strategies)

    def _streams(self, suffix: str) -> Tensor:
        """Every row's uniform numbers (rows, L), those that the main panel draws with the row's seed."""
        rows = zip(self._row_strategies, self._row_seeds, strict=True)
        numbers = [uniforms(seed, strategy.name + suffix, self._limit) for strategy, seed in rows]
        return torch.from_numpy(np.stack(numbers)).to(self.device)

    def _starts(self) -> Tensor:
        """What stands before the new tokens of every row, (rows, T), -1 for padding."""
        starts = [[start_token(self.model)]] if self.model.config.is_encoder_decoder else self._prompts
        ids, _ = pad(starts, -1, self.device, left=True)
        return ids.repeat(len(self._row_strategies) // len(ids), 1)

    def _certificates_of_greedy(self) -> Certificates | None:
        greedy = [strategy.name == "greedy" for strategy in self._row_strategies]
        self._watched = torch.tensor(greedy, device=self.device).nonzero()[:, 0]  # places among the active rows
        if not len(self._watched) or not can_be_certified(self.model):
            return None
        config = self.model.config
        size = config.hidden_size * config.num_hidden_layers * (2 if config.cell == "lstm" else 1)
        return Certificates(self.model, len(self._watched), size)

    @property
    def active(self) -> int:
        """How many rows a step computes; 0 when all texts are over."""
        return len(self._active)

    @torch.inference_mode()
    def step(self, step: int) -> None:
        """One new token for every running text; steps count from 0."""
        logits = self._read() if step == 0 else self._reader.step(self._last)
        log_p = self._selector.distribution(logits, step)
        p = log_p.exp()
        xtc = None if self._xtc is None else self._xtc[:, step]
        moment = Moment(step, logits=logits, history=self._history, xtc=xtc, breakers=self._breakers)
        self._last = self._selector.choose(log_p, p, self._numbers[self._draws, step], moment).token
        if self._history is not None:
            self._history = torch.cat([self._history, self._last[:, None]], dim=1)
        self._record(step, *self._readings(logits, log_p, p))
        if self._certificates:
            self._certify(step, log_p)
        self._let_go()

    def _read(self) -> Tensor:
        """Read every prompt once and give every decoder the state after it."""
        logits = self._reader.read(self._prompts)
        index = torch.arange(len(self._prompts), device=self.device).repeat(len(self._strategies))
        self._reader.keep(index)
        return logits[index]

    def _readings(self, logits: Tensor, log_p: Tensor, p: Tensor) -> tuple[Tensor, Tensor]:
        """Log-probability of the new token and entropy, (R,) each, of the model without laid-on bounds."""
        chosen, entropy = log_p.gather(-1, self._last[:, None])[:, 0], -torch.linalg.vecdot(p, log_p)
        (rows,) = self._bounded.nonzero(as_tuple=True)
        if len(rows):
            plain = logits[rows].float().log_softmax(dim=-1).clamp_(min=LOG_ZERO)
            chosen[rows] = plain.gather(-1, self._last[rows, None])[:, 0]
            entropy[rows] = -torch.linalg.vecdot(plain.exp(), plain)
        return chosen, entropy

    def _record(self, step: int, log_p: Tensor, entropy: Tensor) -> None:
        rows = self._active[self._running]
        self._tokens[rows, step] = self._last[self._running]
        self._log_p[rows, step], self._entropy[rows, step] = log_p[self._running], entropy[self._running]
        self._length[rows] = step + 1
        if self.eos is not None:
            ended = (self._last == self.eos) & self._running
            self._stopped[self._active[ended]] = True
            self._running &= ~ended

    def _certify(self, step: int, log_p: Tensor) -> None:
        assert self._certificates
        best = log_p[self._watched].topk(2, dim=-1).values
        assert isinstance(self._reader, Recurrent)
        certain = self._certificates.push(
            self._last[self._watched], self._reader.states(self._watched), best[:, 0] - best[:, 1]
        )
        places = self._watched[certain & self._running[self._watched]]
        periods = dict(zip(self._watched.tolist(), self._certificates.period.tolist(), strict=True))
        for place in places.tolist():
            row = int(self._active[place])
            self._certified[row] = True
            for values in (self._tokens, self._log_p, self._entropy):
                _go_round(values[row], step + 1, periods[place])
        self._running[places] = False

    def _let_go(self) -> None:
        """Drop the rows whose texts are over, once they are many enough to be worth it."""
        over = int((~self._running).sum())
        if over * WASTE < len(self._running):
            return
        (staying,) = self._running.nonzero(as_tuple=True)
        if self._certificates:
            kept = self._running[self._watched]
            self._certificates.keep(kept.nonzero()[:, 0])
            self._watched = (self._running.cumsum(0) - 1)[self._watched[kept]]
        self._active, self._running = self._active[staying], self._running[staying]
        if len(staying):
            self._keep(staying)

    def _keep(self, rows: Tensor) -> None:
        """Go on with these of the active rows."""
        self._reader.keep(rows)
        self._selector = self._selector.keep(rows.tolist())
        self._last, self._draws, self._bounded = self._last[rows], self._draws[rows], self._bounded[rows]
        self._numbers = self._numbers[rows]
        self._xtc = None if self._xtc is None else self._xtc[rows]
        self._history = None if self._history is None else self._history[rows]

    def ends(self) -> dict[int, tuple[Any, Any, Any]]:
        """Lengths, which texts have ended and which loops are certain, (N,) each, by the decoder's index."""
        arrays = [column.cpu().numpy() for column in (self._length, self._stopped, self._certified)]
        return {
            index: (arrays[0][self._rows(s)], arrays[1][self._rows(s)], arrays[2][self._rows(s)])
            for s, (index, _) in enumerate(self._strategies)
        }

    def texts(self) -> dict[int, Texts]:
        """The texts so far, by the decoder's index in the request."""
        columns = (self._tokens, self._length, self._stopped, self._certified, self._log_p, self._entropy)
        arrays = [column.cpu().numpy() for column in columns]
        length = np.where(arrays[3], self._limit, arrays[1])
        shares = ([array[self._rows(s)] for array in arrays] for s in range(len(self._strategies)))
        return {
            index: Texts(tokens, length[self._rows(s)], stopped, certified, log_p, entropy, run)
            for s, ((index, _), (tokens, run, stopped, certified, log_p, entropy)) in enumerate(
                zip(self._strategies, shares, strict=True)
            )
        }

    def _rows(self, s: int) -> slice:
        return slice(s * len(self._prompts), (s + 1) * len(self._prompts))


def _go_round(values: Tensor, length: int, period: int) -> None:
    """Repeat the last `period` of the first `length` values to the end, in place."""
    left = len(values) - length
    values[length:] = values[length - period : length].repeat(left // period + 1)[:left]
