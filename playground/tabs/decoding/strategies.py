"""Decoding strategies by name: what a row of a run does with the model's next-token distribution.

A name is a form and, where the form has one, a number: "greedy", "top-k-4", "nucleus-0.2",
"floor-0.001". :func:`parse` reads a name; the strategy's own name is the canonical spelling.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from playground.runtime.errors import InvalidRequest

Termination = Literal["", "st", "nmst"]

UNKNOWN_DECODER = (
    'There is no decoder "{name}". Use greedy, ancestral, temperature-0.7, top-k-4, nucleus-0.2, '
    "consistent-top-k-4, consistent-nucleus-0.2, st, nmst or floor-0.001, with numbers of your own."
)
DECODER_BOUNDS = "The number in {form}-… must be between {low} and {high}: change it and run again."


@dataclass(frozen=True)
class Strategy:
    """How a row chooses its next token; a value that does not apply has its neutral setting.

    temperature divides the logits; k and mass bound the kept set; keeps_eos puts <eos> into it
    whatever its rank; floor is the epsilon of the post-hoc lower bound on p(<eos>); termination
    names the trained self-terminating variant of the model that the row runs on.
    """

    name: str
    samples: bool = False
    temperature: float = 1.0
    k: int = 0
    mass: float = 1.0
    keeps_eos: bool = False
    floor: float = 0.0
    termination: Termination = ""


@dataclass(frozen=True)
class _Form:
    """A family of strategies: the bounds of its number, and the strategy that a number makes."""

    low: float
    high: float
    make: Callable[[str, float], Strategy]


_PLAIN = {
    "greedy": Strategy("greedy"),
    "ancestral": Strategy("ancestral", samples=True),
    "st": Strategy("st", termination="st"),
    "nmst": Strategy("nmst", termination="nmst"),
}
_NUMBERED = {
    "temperature": _Form(0.05, 10, lambda name, x: Strategy(name, samples=True, temperature=x)),
    "top-k": _Form(1, 100_000, lambda name, x: Strategy(name, samples=True, k=int(x))),
    "nucleus": _Form(0.001, 1, lambda name, x: Strategy(name, samples=True, mass=x)),
    "consistent-top-k": _Form(1, 100_000, lambda name, x: Strategy(name, samples=True, k=int(x), keeps_eos=True)),
    "consistent-nucleus": _Form(0.001, 1, lambda name, x: Strategy(name, samples=True, mass=x, keeps_eos=True)),
    "floor": _Form(1e-6, 0.5, lambda name, x: Strategy(name, floor=x)),
}
_NAME = re.compile(r"([a-z]+(?:-[a-z]+)*)-(\d{1,12}(?:\.\d{1,12})?(?:e-?\d{1,2})?)", re.ASCII)


@lru_cache(maxsize=1024)
def parse(name: str) -> Strategy:
    """The strategy that a name stands for; InvalidRequest says which names there are."""
    name = name.strip().lower()
    if name in _PLAIN:
        return _PLAIN[name]
    match = _NAME.fullmatch(name)
    form = _NUMBERED.get(match[1]) if match else None
    if match is None or form is None or (match[1].endswith("top-k") and not match[2].isdigit()):
        raise InvalidRequest(UNKNOWN_DECODER, name=name[:40])
    value = float(match[2])
    if not (math.isfinite(value) and form.low <= value <= form.high):
        raise InvalidRequest(DECODER_BOUNDS, form=match[1], low=_number(form.low), high=_number(form.high))
    return form.make(f"{match[1]}-{_number(value)}", value)


def _number(value: float) -> str:
    """A number in its shortest exact form, without an exponent."""
    return np.format_float_positional(value, trim="-")
