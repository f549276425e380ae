"""What may be asked of the panel: a language to time the methods in, and how many texts a query is compared with."""

from __future__ import annotations

from typing import ClassVar, Literal

from playground.runtime.requests import TabRequest, control
from playground.tabs.matching.methods import Method, available_models, methods_for

TIMED = ("bi", "cross", "words", "lexical")  # kinds of methods


class InteractionRequest(TabRequest):
    """Every method's quality, time and memory, for one query against N texts."""

    tab: ClassVar[str] = "matching-interaction"

    language: Literal["en", "zh"] = control(
        "en",
        title="Language",
        help="Of the sentences that are read, and so of the models that read them.",
        widget="choice",
    )
    power: float = control(
        3.0,
        title="Texts, as a power of ten",
        help="One query against N texts: 3 means 1,000. Nothing runs anew.",
        widget="slider",
        step=0.25,
        ge=0.0,
        le=6.0,
        view=True,
    )
    candidates: int = control(
        20,
        title="Candidates",
        help="How many of the N texts the cross-encoder reads where vectors have found them.",
        widget="slider",
        step=5,
        ge=5,
        le=100,
        view=True,
    )
    repeats: int = control(
        3,
        title="Repeats",
        help="Each time is the best of so many.",
        widget="slider",
        group="more",
        step=1,
        ge=1,
        le=10,
    )

    @property
    def texts(self) -> int:
        """N, how many texts a query is compared with."""
        return round(10**self.power)

    def methods(self) -> tuple[Method, ...]:
        """The methods that are timed."""
        return tuple(each for each in methods_for(self.language, available_models()) if each.kind in TIMED)

    def models(self) -> tuple[str, ...]:
        """The models of these methods, each once."""
        return tuple(dict.fromkeys(method.model for method in self.methods() if method.model is not None))

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        return 0.2 + len(self.models()) * (0.15 + 0.07 * self.repeats)
