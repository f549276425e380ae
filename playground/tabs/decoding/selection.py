"""Choosing the next token of many rows at once, each by its own strategy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from playground.tabs.decoding.chains import Chain, Moment, Rows, Scores, links, looks_back, starts_from_logits, work
from playground.tabs.decoding.entropy import LOG_ZERO
from playground.tabs.decoding.filters import nmst_floor, st_floor
from playground.tabs.decoding.mirostat import first_mu, next_mu
from playground.tabs.decoding.strategies import Strategy, part_name


@dataclass(frozen=True)
class Choice:
    """The chosen tokens of R rows and the sets they were chosen from; every tensor is (R,)."""

    token: Tensor
    kept_probability: Tensor
    kept_size: Tensor
    eos_kept: Tensor


@dataclass(frozen=True)
class _Group:
    """Rows that share a chain and choose in the same way."""

    rows: Rows
    draws: Rows  # which of the uniform numbers are theirs
    chain: Chain
    samples: bool
    from_logits: bool


@dataclass(frozen=True)
class _Bounds:
    """Rows with a lower bound laid on p(<eos>) by one rule, "floor" or "st", and their epsilons."""

    rule: str
    rows: Rows
    epsilon: Tensor


class Selector:
    """The strategies of R rows. It runs fastest when they are sorted by :func:`kind`.

    It carries what a strategy remembers from step to step: the ST bound its product, mirostat its
    mu. So :meth:`distribution` and :meth:`choose` are to be called once a step, in this order.
    """

    def __init__(self, strategies: Sequence[Strategy], eos: int | None, device: torch.device) -> None:
        self.strategies, self._eos, self._device = list(strategies), eos, device
        tau = [next(iter(s.numbers("mirostat")), 0.0) for s in strategies]
        self._tau = torch.tensor(tau, dtype=torch.float64, device=device)
        self._mu = first_mu(self._tau)
        self._log_continue = torch.zeros(len(self.strategies), dtype=torch.float64, device=device)
        self.adapts = any(tau)
        self._bounds = list(self._laid_on()) if eos is not None else []
        self._groups = list(self._grouped())
        self.looks_back = any(map(looks_back, self.strategies))

    def _laid_on(self) -> Iterator[_Bounds]:
        for rule in ("floor", "st"):
            rows = [i for i, s in enumerate(self.strategies) if s.bound and s.bound.form == rule]
            epsilon = torch.tensor([self.strategies[i].floor for i in rows], dtype=torch.float64, device=self._device)
            if rows:
                yield _Bounds(rule, _rows(rows, self._device), epsilon)

    def _grouped(self) -> Iterator[_Group]:
        groups: dict[tuple[Any, ...], list[int]] = {}
        for i, strategy in enumerate(self.strategies):
            from_logits = starts_from_logits(strategy) and not (strategy.bound and self._eos is not None)
            groups.setdefault((strategy.samples, work(strategy), from_logits), []).append(i)
        drawing = [i for i, s in enumerate(self.strategies) if s.samples]
        for (samples, _, from_logits), members in groups.items():
            yield _Group(
                _rows(members, self._device),
                _rows([drawing.index(i) for i in members] if samples else [], self._device),
                Chain([links(self.strategies[i]) for i in members], self._device),
                samples,
                from_logits,
            )

    def keep(self, index: Sequence[int]) -> Selector:
        """A selector whose row i goes on from row index[i] of this one."""
        kept = Selector([self.strategies[i] for i in index], self._eos, self._device)
        rows = torch.tensor(list(index), dtype=torch.long, device=self._device)
        kept._mu, kept._log_continue = self._mu[rows], self._log_continue[rows]
        return kept

    def distribution(self, logits: Tensor, step: int) -> Tensor:
        """Log-probabilities (R, V) of every row's model, bounds laid on; logits (R, V), step from 0.

        They are finite: a token of no probability has -10,000.
        """
        log_p = logits.float().log_softmax(dim=-1).clamp_(min=LOG_ZERO)
        for bounds in self._bounds:
            rows, epsilon = bounds.rows, bounds.epsilon
            assert self._eos is not None
            if bounds.rule == "floor":
                steps = torch.full_like(epsilon, step + 1)
                log_p[rows] = nmst_floor(log_p[rows], steps, epsilon, self._eos)
            else:
                carried = self._log_continue[rows]
                log_p[rows], self._log_continue[rows] = st_floor(log_p[rows], carried, epsilon, self._eos)
        return log_p

    def choose(
        self,
        log_p: Tensor,
        p: Tensor,
        uniforms: Tensor,
        moment: Moment | None = None,
        forced: Tensor | None = None,
    ) -> Choice:
        """The next token of every row; log_p and p (R, V), uniforms one number for each row that draws.

        moment is what the strategies look at beside the distribution. Where the tokens are forced
        (R,), they are taken as if they had been chosen.
        """
        moment = replace(moment or Moment(0), eos=self._eos, mu=self._mu)
        token = torch.empty(len(p), dtype=torch.long, device=p.device) if forced is None else forced
        probability = torch.ones(len(p), dtype=torch.float64, device=p.device)
        size = torch.ones_like(token)
        eos_kept = token == -1
        for group in self._groups:
            rows, now = group.rows, moment.of(group.rows)
            if group.samples:
                weight, size[rows], eos_kept[rows] = self._weigh(group, log_p[rows], p[rows], now)
                if forced is None:
                    token[rows], probability[rows] = draw(weight, uniforms[group.draws])
                else:
                    probability[rows] = _share(weight, forced[rows])
            else:
                if forced is None:
                    token[rows] = self._scores(group, log_p[rows], now).argmax(dim=-1)
                eos_kept[rows] = token[rows] == self._eos
        self._adapt(probability)
        return Choice(token, probability, size, eos_kept)

    def modified(self, log_p: Tensor, moment: Moment) -> Tensor:
        """Log-probabilities (R, V) of a search's rows after its modifiers.

        As in transformers, a beam search adds them up as they are; contrastive search weighs
        probabilities, so there the modifiers act on the logits and the result sums to one.
        """
        (group,) = self._groups
        moment = replace(moment, eos=self._eos)
        if not group.chain.forms or self.strategies[0].selection != "contrastive":
            return self._scores(replace(group, from_logits=False), log_p, moment)
        return self._scores(group, log_p, moment).log_softmax(dim=-1).clamp_(min=LOG_ZERO)

    def stages(self, row: int, moment: Moment) -> list[tuple[str, Tensor]]:
        """What a row's model says and what each part leaves of it: names and log-probabilities (V,), -inf for cut.

        moment with logits; the first name is "model". Call it before :meth:`distribution`; it changes nothing.
        """
        strategy, alone = self.strategies[row], self.keep([row])
        (group,) = alone._groups
        now = replace(moment, eos=self._eos, mu=self._mu).of(slice(row, row + 1))
        assert now.logits is not None
        log_p = alone.distribution(now.logits, moment.step)
        found = [("model", now.logits[0].float().log_softmax(dim=-1))]
        if strategy.bound and self._eos is not None:
            found.append((part_name(strategy.bound), log_p[0]))
        after = group.chain.apply(_start(group, log_p, now), now)
        return found + [(part_name(part), s.log_p[0]) for part, s in zip(links(strategy), after, strict=True)]

    def _weigh(self, group: _Group, log_p: Tensor, p: Tensor, moment: Moment) -> tuple[Tensor, Tensor, Tensor]:
        """Weights (R, V) to draw by, 0 for what is cut; sizes (R,) of the kept sets; whether <eos> is in (R,)."""
        if not group.chain.forms:
            everything = torch.full((len(p),), p.shape[1], device=p.device)
            return p, everything, torch.full_like(everything, self._eos is not None, dtype=torch.bool)
        if group.chain.masks:
            kept = group.chain.kept(log_p, moment)
            weight = p * kept
        else:
            values = self._scores(group, log_p, moment)
            kept = values > -torch.inf
            weight = values.softmax(dim=-1)
        eos_kept = kept[:, self._eos] if self._eos is not None else torch.zeros_like(kept[:, 0])
        return weight, kept.sum(dim=-1), eos_kept

    def _scores(self, group: _Group, log_p: Tensor, moment: Moment) -> Tensor:
        """The scores (R, V) of a group's rows after its whole chain; log_p and moment are those of its rows."""
        start = _start(group, log_p, moment)
        *_, last = start, *group.chain.apply(start, moment)
        return last.values

    def _adapt(self, probability: Tensor) -> None:
        """Let mirostat learn from the tokens' probabilities (R,) among the kept; a forced token may have none."""
        if self.adapts:
            mu = next_mu(self._mu, probability, self._tau)
            self._mu = torch.where((self._tau > 0) & (probability > 0), mu, self._mu)


def _start(group: _Group, log_p: Tensor, moment: Moment) -> Scores:
    """What a group's chain starts from."""
    if not group.from_logits:
        return Scores(log_p, normalised=True)
    assert moment.logits is not None, "this strategy looks at logits: give them"
    return Scores(moment.logits.float(), normalised=False)


def kind(strategy: Strategy) -> tuple[Any, ...]:
    """A sort key that brings rows together that are worked on together."""
    return strategy.samples, work(strategy), strategy.bound.form if strategy.bound else ""


def _rows(places: Sequence[int], device: torch.device) -> Rows:
    """An index of these places, as a slice where they lie side by side."""
    first = places[0] if places else 0
    if list(places) == list(range(first, first + len(places))):
        return slice(first, first + len(places))
    return torch.tensor(places, device=device)


def draw(weight: Tensor, uniforms: Tensor) -> tuple[Tensor, Tensor]:
    """Tokens (R,) drawn by inverse CDF in order of id, and their shares of the weight.

    weight (R, V) is 0 for what must not be drawn, uniforms (R,) float64 in [0, 1).
    """
    cumulative = weight.cumsum(dim=-1, dtype=torch.float64)  # a float32 sum over a large vocabulary drifts
    total = cumulative[:, -1:]
    # right=True steps over tokens of no weight
    token = torch.searchsorted(cumulative, uniforms[:, None] * total, right=True)
    return token[:, 0], (weight.gather(-1, token) / total)[:, 0]


def _share(weight: Tensor, token: Tensor) -> Tensor:
    """The shares (R,) of the weight (R, V) that given tokens (R,) have."""
    return weight.gather(-1, token[:, None])[:, 0] / weight.sum(dim=-1, dtype=torch.float64)
