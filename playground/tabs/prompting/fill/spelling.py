"""Several masks filled one after another, or all at once: with the pieces of a given word, or with the best ones.

The three orders of PET's multi-mask verbalizers (Schick and Schütze 2021, arXiv 2009.07118, section 3.1): every piece
from one pass over all masks; left to right, a pass after every piece; or always the piece that is the most certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from torch import Tensor

from playground.tabs.prompting.masked_lm import MaskedLM, mask_logits
from playground.tabs.prompting.patterns import Prompt

Order = Literal["parallel", "left to right", "confidence first"]
ORDERS: tuple[Order, ...] = ("parallel", "left to right", "confidence first")


@dataclass
class Spelling:
    """Masks that are being filled: those at `places` of the prompt, with `targets` or, without, the likeliest tokens.

    `filled` holds place: (token, log-probability), in the order in which they were filled.
    """

    prompt: Prompt
    places: tuple[int, ...]
    order: Order
    targets: tuple[int, ...] = ()
    filled: dict[int, tuple[int, float]] = field(default_factory=dict)

    @property
    def left(self) -> list[int]:
        """The places that are still masks."""
        return [place for place in self.places if place not in self.filled]

    def so_far(self) -> Prompt:
        """The prompt as the next pass reads it."""
        ids = [self.filled[place][0] if place in self.filled else id for place, id in enumerate(self.prompt.ids)]
        return Prompt(tuple(ids), self.places)

    def read(self, log_p: Tensor) -> None:
        """Fill what this pass fills, from log-probabilities (n, V) at the places."""
        tokens = self.targets or log_p.argmax(dim=1).tolist()
        at = {
            place: (token, float(log_p[row, token]))
            for row, (place, token) in enumerate(zip(self.places, tokens, strict=True))
        }
        self.filled |= {place: at[place] for place in self._next(at)}

    def _next(self, at: dict[int, tuple[int, float]]) -> list[int]:
        if self.order == "parallel":
            return self.left
        if self.order == "left to right":
            return self.left[:1]
        return [max(self.left, key=lambda place: at[place][1])]

    def log_probabilities(self) -> list[float]:
        """Of every place, in the order of the text."""
        return [self.filled[place][1] for place in self.places]

    def ranks(self) -> list[int]:
        """When every place was filled, from 0, in the order of the text; all 0 where they were filled at once."""
        turns = {place: turn for turn, place in enumerate(self.filled)}
        return [0 if self.order == "parallel" else turns[place] for place in self.places]


def spell(lm: MaskedLM, spellings: Sequence[Spelling]) -> Iterator[None]:
    """Fill all masks of all spellings, one batch of passes a step."""
    while todo := [spelling for spelling in spellings if spelling.left]:
        widest = max(len(spelling.places) for spelling in todo)
        prompts = [_widened(spelling.so_far(), widest) for spelling in todo]
        for numbers, logits in mask_logits(lm, prompts):
            for number, rows in zip(numbers, logits.log_softmax(dim=-1), strict=True):
                todo[number].read(rows[: len(todo[number].places)])
            yield


def _widened(prompt: Prompt, width: int) -> Prompt:
    """The prompt with its last mask named again, so that all prompts of a batch have equally many."""
    return Prompt(prompt.ids, (*prompt.masks, *[prompt.masks[-1]] * (width - len(prompt.masks))))
