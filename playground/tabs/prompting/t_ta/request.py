"""What may be asked of the panel: sentences scored by both models, a race over reviews, or who influences whom."""

from __future__ import annotations

from typing import ClassVar, Literal

from playground.runtime.requests import TabRequest, control

Exhibit = Literal["scores", "race", "influence"]

T_TA = "zoo/minilm-t-ta-en"
MODEL_ID = r"^(zoo|hub|packaged|local)/[^/\s]+$"
MOST_SENTENCES = 16


class TTARequest(TabRequest):
    """Every token given all others: by T-TA in one pass, and by a masked language model in n."""

    tab: ClassVar[str] = "prompting-t-ta"

    exhibit: Exhibit = control(
        "scores",
        title="Exhibit",
        help="Sentences scored token by token, a race over film reviews, or which token influences which.",
        widget="choice",
    )
    text: str = control(
        "She took his hand and looked into his eyes.\nShe took his hand and looked into his soup.",
        title="Sentences",
        help="Scores and influence: English, one a line, at most 16. Influence takes the first one.",
        widget="text",
        lines=5,
        max_length=3000,
    )
    model: str = control(
        "zoo/minilm-mlm-en",
        title="Masked language model",
        help="It is read n times, each time with one token masked. It has to share T-TA's vocabulary.",
        widget="model",
        pattern=MODEL_ID,
        max_length=120,
    )
    sentences: int = control(
        24,
        title="Review sentences",
        help="Race: how many sentences of films' reviews, each with and without one wrong word.",
        widget="slider",
        step=4,
        ge=4,
        le=400,
    )
    seed: int = control(
        0,
        title="Seed",
        help="Race: draws the sentences and the wrong words.",
        widget="number",
        group="more",
        step=1,
        ge=0,
        le=2**31 - 1,
    )

    def models(self) -> tuple[str, ...]:
        """T-TA, and the masked language model where it is read."""
        return (T_TA,) if self.exhibit == "influence" else (T_TA, self.model)

    def lines(self) -> tuple[str, ...]:
        """The sentences, one a line."""
        return tuple(line for line in (" ".join(line.split()) for line in self.text.splitlines()) if line)

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores; other models are larger and may have to be fetched."""
        if self.exhibit == "influence":
            return 0.6
        seconds = 0.3 + 0.15 * (2 * self.sentences if self.exhibit == "race" else len(self.lines()))
        return seconds if self.model.startswith("zoo/") else 20 + 10 * seconds
