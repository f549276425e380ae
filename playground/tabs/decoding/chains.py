"""Chains: what the parts of a strategy do to scores, one after another, for many rows at once.

Scores (R, V) are logits or log-probabilities; what a part cuts has -inf from then on. A filter looks
at the distribution as the parts before it left it, renormalised. Rows whose parts do the same share
a chain and bring their own numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from playground.tabs.decoding import filters, penalties
from playground.tabs.decoding.dry import dry
from playground.tabs.decoding.entropy import fixed_entropy
from playground.tabs.decoding.mirostat import keep_mirostat
from playground.tabs.decoding.strategies import Part, Strategy, form_of

Rows = slice | Tensor
Numbers = tuple[Tensor, ...]  # (R,) each

# Penalties that look at the scores' own scale start from logits, as in transformers' generate.
_SCALED = frozenset({"repetition", "decay"})
_LOOKING_BACK = frozenset({"repetition", "presence", "frequency", "no-repeat", "dry"})
_SAME_WORK = {"consistent-top-k": "top-k", "consistent-nucleus": "nucleus"}


@dataclass(frozen=True)
class Moment:
    """What parts look at beside the scores, for R rows: the number of new tokens so far, and what they are.

    logits (R, V) are the model's; history (R, T) the prompt and the new tokens, -1 for padding on
    its left; xtc (R,) uniform numbers of which XTC's rows use theirs; mu (R,) of mirostat; eos is
    None where there is none; breakers (B,) are DRY's. Only strategies that use them need them.
    """

    step: int
    eos: int | None = None
    logits: Tensor | None = None
    history: Tensor | None = None
    xtc: Tensor | None = None
    mu: Tensor | None = None
    breakers: Tensor | None = None

    def of(self, rows: Rows) -> Moment:
        """The moment of some of the rows."""
        parts = {name: getattr(self, name) for name in ("logits", "history", "xtc", "mu")}
        return replace(self, **{name: value[rows] for name, value in parts.items() if value is not None})


@dataclass
class Scores:
    """Scores (R, V) on their way through a chain; `normalised` if they are log-probabilities."""

    values: Tensor
    normalised: bool

    @property
    def log_p(self) -> Tensor:
        """The distribution that the scores stand for, in logarithms."""
        return self.values if self.normalised else self.values.log_softmax(dim=-1)


Act = Callable[[Scores, Numbers, Moment], Tensor]


class Chain:
    """The parts of R rows, the same work in the same order."""

    def __init__(self, chains: Sequence[Sequence[Part]], device: torch.device) -> None:
        self.forms = tuple(_work(part) for part in chains[0]) if chains else ()
        self._numbers = [_columns([chain[i] for chain in chains], device) for i in range(len(self.forms))]
        self._keep_eos = [
            torch.tensor([chain[i].form.startswith("consistent") for chain in chains], device=device)
            for i in range(len(self.forms))
        ]

    @property
    def masks(self) -> bool:
        """Whether all it does is to keep a set of tokens."""
        return len(self.forms) == 1 and self.forms[0] in _KEEPS

    def kept(self, log_p: Tensor, moment: Moment) -> Tensor:
        """The set (R, V) that the one part of a mask keeps."""
        return self._kept(0, Scores(log_p, normalised=True), moment)

    def apply(self, scores: Scores, moment: Moment) -> Iterator[Scores]:
        """The scores after each part."""
        for place, form in enumerate(self.forms):
            if form in _KEEPS:
                values = scores.values.masked_fill(~self._kept(place, scores, moment), -torch.inf)
                scores = Scores(values, normalised=False)
            else:
                values = _ACTS[form](scores, self._numbers[place], moment)
                scores = Scores(values, normalised=form == "fixed-entropy")
            yield scores

    def _kept(self, place: int, scores: Scores, moment: Moment) -> Tensor:
        kept = _KEEPS[self.forms[place]](scores, self._numbers[place], moment)
        if moment.eos is not None:
            kept[:, moment.eos] |= self._keep_eos[place]
        return kept


def work(strategy: Strategy) -> tuple[str, ...]:
    """What the parts of a strategy do after the laid-on bound; rows with the same work share a chain."""
    return tuple(map(_work, links(strategy)))


def links(strategy: Strategy) -> tuple[Part, ...]:
    """The parts of a strategy that make its chain: filters and modifiers."""
    return tuple(part for part in strategy.chain if form_of(part).kind != "bound")


def looks_back(strategy: Strategy) -> bool:
    """Whether a part looks at the tokens so far."""
    return strategy.has(*_LOOKING_BACK)


def starts_from_logits(strategy: Strategy) -> bool:
    """Whether a part looks at the scale of the model's logits, so that log-probabilities will not do."""
    return strategy.has(*_SCALED)


def _work(part: Part) -> str:
    return _SAME_WORK.get(part.form, part.form)


def _columns(parts: Sequence[Part], device: torch.device) -> Numbers:
    """The numbers of one part of each row, as tensors (R,)."""
    columns = zip(*(part.numbers for part in parts), strict=True)
    return tuple(torch.tensor(column, dtype=torch.float64, device=device) for column in columns)


def _history(moment: Moment) -> Tensor:
    assert moment.history is not None, "this strategy looks back: give it the tokens so far"
    return moment.history


def _xtc(scores: Scores, numbers: Numbers, moment: Moment) -> Tensor:
    threshold, probability = numbers
    assert moment.xtc is not None, "xtc draws whether it acts: give it uniform numbers"
    protected = () if moment.eos is None else (moment.eos,)
    return filters.keep_xtc(scores.log_p, threshold, moment.xtc < probability, protected)


def _mirostat(scores: Scores, _: Numbers, moment: Moment) -> Tensor:
    assert moment.mu is not None, "mirostat steers by mu: give it one"
    return keep_mirostat(scores.log_p, moment.mu)


def _dry(scores: Scores, numbers: Numbers, moment: Moment) -> Tensor:
    multiplier, base, allowed = numbers
    return dry(scores.values, _history(moment), multiplier, base, allowed, moment.breakers)


def _decay(scores: Scores, numbers: Numbers, moment: Moment) -> Tensor:
    """transformers' exponential_decay_length_penalty, for rows of their own start and factor."""
    if moment.eos is None:
        return scores.values
    start, factor = numbers
    values = scores.values.clone()
    score = values[:, moment.eos]
    growth = factor ** (moment.step - start).clamp(min=0) - 1
    values[:, moment.eos] = torch.where(moment.step > start, score + score.abs() * growth.to(score.dtype), score)
    return values


def _min_new(scores: Scores, numbers: Numbers, moment: Moment) -> Tensor:
    if moment.eos is None:
        return scores.values
    values = scores.values.clone()
    values[:, moment.eos].masked_fill_(moment.step < numbers[0], -torch.inf)
    return values


def _temperature(scores: Scores, numbers: Numbers, _: Moment) -> Tensor:
    return scores.values / numbers[0][:, None].to(scores.values.dtype)


_KEEPS: dict[str, Act] = {
    "top-k": lambda scores, numbers, _: filters.keep_top_k(scores.values, *numbers),
    "nucleus": lambda scores, numbers, _: filters.keep_nucleus(scores.log_p, *numbers),
    "min-p": lambda scores, numbers, _: filters.keep_min_p(scores.log_p, *numbers),
    "typical": lambda scores, numbers, _: filters.keep_typical(scores.log_p, *numbers),
    "eta": lambda scores, numbers, _: filters.keep_eta(scores.log_p, *numbers),
    "epsilon": lambda scores, numbers, _: filters.keep_epsilon(scores.log_p, *numbers),
    "top-h": lambda scores, numbers, _: filters.keep_top_h(scores.log_p, *numbers),
    "mirostat": _mirostat,
    "xtc": _xtc,
}
_ACTS: dict[str, Act] = {
    "temperature": _temperature,
    "fixed-entropy": lambda scores, numbers, _: fixed_entropy(scores.log_p, *numbers),
    "repetition": lambda scores, numbers, now: penalties.repetition(scores.values, _history(now), *numbers),
    # As in OpenAI's API, only new tokens count.
    "presence": lambda scores, numbers, now: penalties.presence(scores.values, _history(now), numbers[0], now.step),
    "frequency": lambda scores, numbers, now: penalties.frequency(scores.values, _history(now), numbers[0], now.step),
    "no-repeat": lambda scores, numbers, now: penalties.no_repeat_ngram(scores.values, _history(now), *numbers),
    "dry": _dry,
    "decay": _decay,
    "min-new": _min_new,
}
