"""What may be asked of the matching tab: two texts, which every method compares."""

from __future__ import annotations

import re
from typing import ClassVar, Literal

from pydantic import model_validator

from playground.runtime.requests import TabRequest, control
from playground.tabs.matching.methods import Criterion, Method, available_models, methods_for

Language = Literal["auto", "en", "zh"]

LONGEST_TEXT = 2_000  # characters
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
NO_TEXT = "Write something into at least one of the two texts."


class MatchingRequest(TabRequest):
    """A pair of texts, compared by every method of their language."""

    tab: ClassVar[str] = "matching"

    a: str = control(
        "A man bites a dog.",
        title="First text",
        help="A sentence, or a short paragraph.",
        widget="text",
        lines=3,
        max_length=LONGEST_TEXT,
    )
    b: str = control(
        "A dog bites a man.",
        title="Second text",
        help="What it is compared with. Every change is scored at once.",
        widget="text",
        lines=3,
        max_length=LONGEST_TEXT,
    )
    language: Language = control(
        "auto",
        title="Language",
        help="Which models read the pair. auto: the Chinese ones as soon as a Chinese character occurs.",
        widget="choice",
    )
    aligned: str = control(
        "",
        title="Alignment of",
        help="The method whose tokens are laid side by side.",
        widget="none",
        view=True,
        max_length=40,
    )
    criterion: Criterion = control(
        "A",
        title="Criterion",
        help="What the conditional model judges by: A, the same topic; B, the same event.",
        widget="none",
        view=True,
    )

    @model_validator(mode="after")
    def _not_both_empty(self) -> MatchingRequest:
        if not self.a.strip() and not self.b.strip():
            raise ValueError(NO_TEXT)
        return self

    def read_as(self) -> Literal["en", "zh"]:
        """The language whose models read the pair."""
        if self.language != "auto":
            return self.language
        return "zh" if HAN.search(self.a + self.b) else "en"

    def methods(self) -> tuple[Method, ...]:
        """The methods that compare the pair."""
        return methods_for(self.read_as(), available_models())

    def models(self) -> tuple[str, ...]:
        """The models of these methods, each once."""
        return tuple(dict.fromkeys(method.model for method in self.methods() if method.model is not None))

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        return 0.2 + 0.15 * len(self.methods()) * (1 + (len(self.a) + len(self.b)) / 500)
