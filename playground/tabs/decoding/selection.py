"""Choosing the next token of many rows at once, each by its own strategy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from playground.tabs.decoding.filters import keep_nucleus, keep_top_k, nmst_floor
from playground.tabs.decoding.strategies import Strategy

LOG_ZERO = -1e4  # stands in for log 0, so that 0 log 0 = 0


@dataclass(frozen=True)
class Choice:
    """The chosen tokens of R rows and the sets they were chosen from; every tensor is (R,)."""

    token: Tensor
    kept_probability: Tensor
    kept_size: Tensor
    eos_kept: Tensor


class Selector:
    """The strategies of R rows, sorted by :func:`kind`, so that each operation runs on one slice of rows."""

    def __init__(self, strategies: Sequence[Strategy], eos: int | None, device: torch.device) -> None:
        assert list(strategies) == sorted(strategies, key=kind)
        self._eos = eos
        self._sampled = _span([s.samples for s in strategies])
        self._greedy = _span([not s.samples for s in strategies])
        self._floored = _Parameter(strategies, [s.floor if eos is not None else 0 for s in strategies], device)
        self._tempered = _Parameter(strategies, [_first(s, "temperature") for s in strategies], device)
        self._top_k = _Parameter(strategies, [_first(s, "top-k", "consistent-top-k") for s in strategies], device)
        self._nucleus = _Parameter(strategies, [_first(s, "nucleus", "consistent-nucleus") for s in strategies], device)

    def distribution(self, logits: Tensor, step: int) -> Tensor:
        """Log-probabilities (R, V) of every row's model, floors laid on; logits (R, V), step from 0.

        They are finite: a token of no probability has -10,000.
        """
        log_p = logits.float().log_softmax(dim=-1).clamp_(min=LOG_ZERO)
        rows, epsilon = self._floored.rows, self._floored.value
        if self._floored.set and self._eos is not None:
            log_p[rows] = nmst_floor(log_p[rows], torch.full_like(epsilon, step + 1), epsilon, self._eos)
        return log_p

    def choose(self, log_p: Tensor, p: Tensor, uniforms: Tensor) -> Choice:
        """The next token of every row; log_p and p (R, V), uniforms one number for each row that draws."""
        token = torch.empty(len(p), dtype=torch.long, device=p.device)
        probability = torch.ones(len(p), dtype=torch.float64, device=p.device)
        weight, size, eos_kept = self._filter(log_p, p)
        token[self._greedy] = log_p[self._greedy].argmax(dim=-1)
        token[self._sampled], probability[self._sampled] = draw(weight[self._sampled], uniforms)
        size[self._greedy] = 1
        eos_kept[self._greedy] = token[self._greedy] == self._eos
        return Choice(token, probability, size, eos_kept)

    def _filter(self, log_p: Tensor, p: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Weights (R, V) to draw by, 0 for what is cut; sizes (R,) of the kept sets; whether <eos> is in (R,)."""
        weight, size = p.clone(), torch.full((len(p),), p.shape[1], device=p.device)
        eos_kept = torch.full_like(size, self._eos is not None, dtype=torch.bool)
        rows, temperature = self._tempered.rows, self._tempered.value
        if self._tempered.set:
            weight[rows] = (log_p[rows] / temperature[:, None].float()).softmax(dim=-1)
        for part, keep in ((self._top_k, keep_top_k), (self._nucleus, keep_nucleus)):
            if part.set:
                kept = keep(log_p[part.rows], part.value)
                if self._eos is not None:
                    kept[:, self._eos] |= part.keeps_eos
                    eos_kept[part.rows] = kept[:, self._eos]
                weight[part.rows] *= kept
                size[part.rows] = kept.sum(dim=-1)
        return weight, size, eos_kept


class _Parameter:
    """The slice of rows that a parameter is set for, its values there, and which of them keep <eos>."""

    def __init__(self, strategies: Sequence[Strategy], values: Sequence[float], device: torch.device) -> None:
        self.rows = _span([bool(value) for value in values])
        self.set = any(values)
        self.value = torch.tensor(values[self.rows], dtype=torch.float64, device=device)
        self.keeps_eos = torch.tensor(
            [s.has("consistent-top-k", "consistent-nucleus") for s in strategies[self.rows]],
            dtype=torch.bool,
            device=device,
        )


def kind(strategy: Strategy) -> tuple[bool, ...]:
    """A sort key that brings rows together that are worked on together."""
    return (
        strategy.samples,
        strategy.floor > 0,
        strategy.has("temperature"),
        strategy.has("top-k", "consistent-top-k"),
        strategy.has("nucleus", "consistent-nucleus"),
    )


def _first(strategy: Strategy, *forms: str) -> float:
    return next((strategy.numbers(form)[0] for form in forms if strategy.has(form)), 0)


def _span(which: Sequence[bool]) -> slice:
    """The slice that holds the positions marked, which lie side by side."""
    marked = [position for position, yes in enumerate(which) if yes]
    return slice(marked[0], marked[-1] + 1) if marked else slice(0, 0)


def draw(weight: Tensor, uniforms: Tensor) -> tuple[Tensor, Tensor]:
    """Tokens (R,) drawn by inverse CDF in order of id, and their shares of the weight.

    weight (R, V) is 0 for what must not be drawn, uniforms (R,) float64 in [0, 1).
    """
    cumulative = weight.cumsum(dim=-1, dtype=torch.float64)  # a float32 sum over a large vocabulary drifts
    total = cumulative[:, -1:]
    # right=True steps over tokens of no weight
    token = torch.searchsorted(cumulative, uniforms[:, None] * total, right=True)
    return token[:, 0], (weight.gather(-1, token) / total)[:, 0]
