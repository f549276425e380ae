"""What may be asked of the panel that fills in masks: a text with gaps, and words to try in one of them."""

from __future__ import annotations

import re
from typing import ClassVar

from playground.runtime.requests import TabRequest, control

MOST_WORDS = 24
LONGEST_WORD = 40  # characters
MODEL_ID = r"^(zoo|hub|packaged|local)/[^/\s]+$"


class FillRequest(TabRequest):
    """A text with one or several [MASK], and the words whose probability is asked for at one of them."""

    tab: ClassVar[str] = "prompting-fill"

    text: str = control(
        "The film was surprisingly [MASK].",
        title="Text",
        help="Write [MASK] where a word is missing, up to eight times.",
        widget="text",
        lines=3,
        max_length=1000,
    )
    words: str = control(
        "good, bad, funny, boring, unwatchable, heartwarming",
        title="Words to try",
        help="Separated by commas. A word of several tokens gets as many masks.",
        widget="text",
        lines=2,
        max_length=600,
    )
    model: str = control(
        "zoo/minilm-mlm-en",
        title="Model",
        help="A masked language model. The Chinese one reads character by character.",
        widget="model",
        pattern=MODEL_ID,
        max_length=120,
    )
    gap: int = control(
        1,
        title="Mask to try them at",
        help="Counted from the left; the other masks stay masks.",
        widget="slider",
        step=1,
        ge=1,
        le=8,
    )
    top: int = control(
        8,
        title="Suggestions",
        help="How many of the likeliest tokens are shown for every mask.",
        widget="slider",
        step=1,
        ge=1,
        le=50,
        group="more",
    )

    def models(self) -> tuple[str, ...]:
        """The one model."""
        return (self.model,)

    def chosen(self) -> tuple[str, ...]:
        """The words to try, each once; they may be separated by commas of any script or lines."""
        parts = (" ".join(word.split()) for word in re.split(r"[,\n\uff0c\u3001]", self.words))
        return tuple(dict.fromkeys(filter(None, parts)))

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores; other models are larger and may have to be fetched."""
        small = 0.3 + 0.05 * len(self.chosen())
        return small if self.model.startswith("zoo/") else 20 + 10 * small
