"""Decoding strategies by name: what a row of a run does with the model's next-token distribution.

A name is one or more parts joined by "+", in the order in which they act: "greedy",
"nucleus-0.9", "dry-0.8+min-p-0.05+temperature-1.3", "beam-4+no-repeat-3". A part is a form and its
numbers. At most one part selects; a row without one draws if a part filters and is greedy else.
:func:`parse` reads a name; the strategy's own name is the canonical spelling.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from playground.runtime.errors import InvalidRequest

Selection = Literal["greedy", "sample", "beam", "diverse-beam", "contrastive"]
Termination = Literal["", "st", "nmst"]
Kind = Literal["selector", "filter", "modifier", "bound"]

LONGEST_NAME = 80
MOST_PARTS = 8

UNKNOWN_DECODER = (
    'There is no decoder "{name}". Use greedy, ancestral, beam-4, temperature-0.7, top-k-4, nucleus-0.9, min-p-0.05, '
    "consistent-nucleus-0.2, repetition-1.2, floor-0.001 and the like, joined by + where several act."
)
DECODER_BOUNDS = "The number in {form}-… must be between {low} and {high}: change it and run again."
WHOLE_NUMBER = "{form} takes a whole number here: change {number} and run again."
LONG_DECODER = "A decoder has at most {parts} parts and {characters} characters: shorten {name} …"
TWO_SELECTORS = "{first} and {second} both choose the token: leave one of them out."
TWO_BOUNDS = "{first} and {second} both bound p(<eos>) from below: leave one of them out."
SAME_PART_TWICE = "{form} stands twice in one decoder: leave one of them out."
SEARCH_WITH_FILTER = "{search} keeps the best of all tokens, and {filter} is made for drawing: leave one of them out."
UNEVEN_GROUPS = "{beams} beams cannot be shared out evenly among {groups} groups: use a divisor of {beams}."


@dataclass(frozen=True)
class Part:
    """One part of a strategy, its numbers complete."""

    form: str
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True)
class Number:
    """Bounds of one number of a form, and its value where it is left out; None where it must be given."""

    low: float
    high: float
    whole: bool = False
    default: float | None = None


@dataclass(frozen=True)
class Form:
    """A family of parts: what they do, and which numbers they take."""

    kind: Kind
    numbers: tuple[Number, ...] = ()


def _form(kind: Kind, *numbers: Number) -> Form:
    return Form(kind, numbers)


_SHARE = Number(0.001, 1)
_RATE = Number(1e-6, 0.5)
_CUT = Number(1e-6, 0.9)
_RANK = Number(1, 100_000, whole=True)
_WIDTH = Number(2, 16, whole=True)
_STEPS = Number(1, 1500, whole=True)
_STRENGTH = Number(0, 10)
_FORMS = {
    "greedy": _form("selector"),
    "ancestral": _form("selector"),
    "beam": _form("selector", _WIDTH),
    "diverse-beam": _form("selector", _WIDTH, _WIDTH, Number(0, 10, default=1)),
    "contrastive": _form("selector", _WIDTH, Number(0, 1)),
    "nmst": _form("selector"),
    "temperature": _form("filter", Number(0.05, 10)),
    "top-k": _form("filter", _RANK),
    "nucleus": _form("filter", _SHARE),
    "min-p": _form("filter", Number(0.0001, 1)),
    "typical": _form("filter", Number(0.001, 0.999)),
    "eta": _form("filter", _CUT),
    "epsilon": _form("filter", _CUT),
    "top-h": _form("filter", Number(0.01, 1)),
    "fixed-entropy": _form("filter", Number(0.01, 12)),  # nats
    "mirostat": _form("filter", Number(0.1, 20)),  # bits
    "xtc": _form("filter", Number(0.001, 0.5), Number(0, 1)),
    "consistent-top-k": _form("filter", _RANK),
    "consistent-nucleus": _form("filter", _SHARE),
    "repetition": _form("modifier", Number(0.1, 10)),
    "presence": _form("modifier", _STRENGTH),
    "frequency": _form("modifier", _STRENGTH),
    "no-repeat": _form("modifier", Number(1, 50, whole=True)),
    "dry": _form("modifier", _STRENGTH, Number(1, 4, default=1.75), Number(1, 50, whole=True, default=2)),
    "decay": _form("modifier", _STEPS, Number(0.5, 10)),
    "min-new": _form("modifier", _STEPS),
    "floor": _form("bound", _RATE),
    "st": _form("bound", _RATE),
}
_TRAINED_ST = _form("selector")  # "st" without a number is the trained variant


@dataclass(frozen=True)
class Strategy:
    """What a row does: its parts in the order in which they act, laid-on bounds and the selector first.

    selection says how the token is chosen in the end; width is how many rows of a batch that takes;
    termination names the trained self-terminating variant of the model that the row runs on.
    """

    name: str
    parts: tuple[Part, ...]
    selection: Selection = "greedy"
    width: int = 1
    termination: Termination = ""

    @property
    def samples(self) -> bool:
        """Whether the row draws its tokens."""
        return self.selection == "sample"

    @property
    def searches(self) -> bool:
        """Whether the row keeps several hypotheses or looks ahead."""
        return self.selection in ("beam", "diverse-beam", "contrastive")

    @property
    def chain(self) -> tuple[Part, ...]:
        """The parts that change the distribution, in order: all but the selector."""
        return tuple(part for part in self.parts if form_of(part).kind != "selector")

    @property
    def bound(self) -> Part | None:
        """The part that lays a lower bound on p(<eos>), if there is one."""
        return next((part for part in self.parts if form_of(part).kind == "bound"), None)

    @property
    def floor(self) -> float:
        """The epsilon of the lower bound laid on p(<eos>), by NMST's rule or ST's; 0 for none."""
        return self.bound.numbers[0] if self.bound else 0.0

    def numbers(self, form: str) -> tuple[float, ...]:
        """The numbers of the part of this form; none where the strategy has no such part."""
        return next((part.numbers for part in self.parts if part.form == form), ())

    def has(self, *forms: str) -> bool:
        """Whether a part has one of these forms."""
        return any(part.form in forms for part in self.parts)


_NUMBER = r"\d{1,12}(?:\.\d{1,12})?(?:e-?\d{1,2})?"
_PART = re.compile(rf"([a-z]+(?:-[a-z]+)*)((?:-{_NUMBER})*)", re.ASCII)
_JOINT = re.compile(r"\s*\+\s*|\s+")  # a "+" typed into an address arrives as a blank
_NUMBERS = re.compile(rf"-({_NUMBER})", re.ASCII)
_ORDER: dict[Kind, int] = {"bound": 0, "selector": 1, "filter": 2, "modifier": 2}


@lru_cache(maxsize=1024)
def parse(name: str) -> Strategy:
    """The strategy that a name stands for; InvalidRequest says which names there are."""
    texts = _JOINT.split(name.strip().lower())
    if len(name) > LONGEST_NAME or len(texts) > MOST_PARTS:
        raise InvalidRequest(LONG_DECODER, parts=MOST_PARTS, characters=LONGEST_NAME, name=name[:30])
    parts = sorted((_part(text) for text in texts), key=lambda part: _ORDER[form_of(part).kind])
    _refuse_contradictions(parts)
    canonical = "+".join(map(part_name, parts))
    if len(canonical) > LONGEST_NAME:
        raise InvalidRequest(LONG_DECODER, parts=MOST_PARTS, characters=LONGEST_NAME, name=canonical[:30])
    selector = _only("selector", parts)
    form = selector.form if selector else ""
    return Strategy(
        canonical,
        tuple(parts),
        selection=_selection(form, filtered=_only("filter", parts) is not None),
        width=int(selector.numbers[0]) if selector and selector.numbers else 1,
        termination="st" if form == "st" else "nmst" if form == "nmst" else "",
    )


def form_of(part: Part) -> Form:
    """The form of a part: what it does and which numbers it takes."""
    return _FORMS[part.form] if part.numbers or part.form != "st" else _TRAINED_ST


def _selection(form: str, filtered: bool) -> Selection:
    if form in ("greedy", "beam", "diverse-beam", "contrastive"):
        return form  # type: ignore[return-value]  # mypy does not narrow by `in`
    return "sample" if filtered or form == "ancestral" else "greedy"


def _part(text: str) -> Part:
    match = _PART.fullmatch(text)
    if match is None or match[1] not in _FORMS:
        raise InvalidRequest(UNKNOWN_DECODER, name=text[:40])
    given = [round(float(number), 12) for number in _NUMBERS.findall(match[2])]
    part = Part(match[1], tuple(given))
    bounds = form_of(part).numbers
    required = sum(number.default is None for number in bounds)
    if not required <= len(given) <= len(bounds):
        raise InvalidRequest(UNKNOWN_DECODER, name=text[:40])
    missing = [number.default for number in bounds[len(given) :] if number.default is not None]
    for value, number in zip(given, bounds, strict=False):
        _check(match[1], value, number)
    return Part(match[1], (*given, *missing))


def _check(form: str, value: float, number: Number) -> None:
    if not (math.isfinite(value) and number.low <= value <= number.high):
        raise InvalidRequest(DECODER_BOUNDS, form=form, low=_text(number.low), high=_text(number.high))
    if number.whole and not value.is_integer():
        raise InvalidRequest(WHOLE_NUMBER, form=form, number=_text(value))


def _only(kind: Kind, parts: list[Part]) -> Part | None:
    """The first part of a kind, if there is one."""
    return next((part for part in parts if form_of(part).kind == kind), None)


def _refuse_contradictions(parts: list[Part]) -> None:
    """Raise InvalidRequest where parts do not go together."""
    for kind, message in (("selector", TWO_SELECTORS), ("bound", TWO_BOUNDS)):
        found = [part_name(part) for part in parts if form_of(part).kind == kind]
        if len(found) > 1:
            raise InvalidRequest(message, first=found[0], second=found[1])
    for part in parts:
        if sum(other.form == part.form and form_of(other) == form_of(part) for other in parts) > 1:
            raise InvalidRequest(SAME_PART_TWICE, form=part.form)
    search, kept = _only("selector", parts), _only("filter", parts)
    if search and search.form in ("beam", "diverse-beam", "contrastive") and kept:
        raise InvalidRequest(SEARCH_WITH_FILTER, search=search.form, filter=kept.form)
    if search and search.form == "diverse-beam" and search.numbers[0] % search.numbers[1]:
        beams, groups = map(_text, search.numbers[:2])
        raise InvalidRequest(UNEVEN_GROUPS, beams=beams, groups=groups)


def part_name(part: Part) -> str:
    """The shortest name of a part: numbers at their default are left out from the end."""
    numbers, bounds = list(part.numbers), form_of(part).numbers
    while numbers and numbers[-1] == bounds[len(numbers) - 1].default:
        numbers.pop()
    return "-".join((part.form, *map(_text, numbers)))


def _text(value: float) -> str:
    """A number in its shortest exact form, without an exponent."""
    return np.format_float_positional(value, trim="-")
