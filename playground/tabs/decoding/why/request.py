"""What may be asked of the panel that explains repetition: one of three exhibits."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from playground.runtime.requests import TabRequest, control

Exhibit = Literal["repetition", "bigram", "bound"]
Truncation = Literal["top-k", "nucleus"]

MOST_REPEATS = 64
MODEL_ID = r"^(zoo|hub|packaged|local)/[^/\s]+$"


class WhyRequest(TabRequest):
    """A sentence repeated under several models, a bigram decoder cut, or the promise of an epsilon."""

    tab: ClassVar[str] = "decoding-why"

    exhibit: Exhibit = control(
        "repetition",
        title="Exhibit",
        help="A sentence repeated, a bigram decoder in closed form, or the bound on p(<eos>).",
        widget="choice",
    )
    sentence: str = control(
        "I do not know.",
        title="Sentence",
        help="Repetition: it is said again and again, and the models say how probable that is.",
        widget="text",
        lines=2,
        max_length=2000,
    )
    probed: tuple[Annotated[str, StringConstraints(pattern=MODEL_ID, max_length=120)], ...] = control(
        ("zoo/rnn-tanh-vanilla", "zoo/rnn-lstm-vanilla"),
        title="Models",
        help="Repetition: each of them reads the same copies.",
        widget="model",
        min_length=1,
        max_length=6,
    )
    repeats: int = control(
        32,
        title="Copies",
        help="Repetition: how often the sentence is said.",
        widget="slider",
        step=1,
        ge=1,
        le=MOST_REPEATS,
    )
    truncation: Truncation = control(
        "top-k",
        title="Cut",
        help="Bigram: which next tokens are left.",
        widget="choice",
    )
    k: int = control(
        1,
        title="k",
        help="Bigram: top-k keeps this many next tokens; 1 is greedy.",
        widget="slider",
        step=1,
        ge=1,
        le=256,
    )
    mass: float = control(
        0.4,
        title="Mass",
        help="Bigram: nucleus keeps the most probable tokens up to this sum.",
        widget="slider",
        step=0.01,
        ge=0.01,
        le=1,
    )
    epsilon: float = control(
        0.001,
        title="ε",
        help="Bound: the least share of ending that every step adds.",
        widget="number",
        step=0.0001,
        ge=1e-6,
        le=0.5,
    )
    beside: str = control(
        "",
        title="Second sentence",
        help="Repetition: a control beside the sentence. Empty draws random tokens, as many as the sentence has.",
        widget="text",
        group="more",
        max_length=2000,
    )
    seed: int = control(
        0,
        title="Seed",
        help="Repetition: draws the random tokens.",
        widget="number",
        group="more",
        step=1,
        ge=0,
        le=2**31 - 1,
    )
    temperature: float = control(
        1.0,
        title="Temperature",
        help="Bigram: above 1 flattens every row before the cut.",
        widget="slider",
        group="more",
        step=0.05,
        ge=0.2,
        le=5,
    )
    limit: int = control(
        1500,
        title="Length limit",
        help="Bound: a text that is longer counts as never stopping.",
        widget="number",
        group="more",
        step=1,
        ge=1,
        le=1_000_000,
    )

    def models(self) -> tuple[str, ...]:
        """The models that read the copies, each once; the other exhibits need none."""
        return tuple(dict.fromkeys(self.probed)) if self.exhibit == "repetition" else ()

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores; other models are larger and may have to be fetched."""
        if self.exhibit != "repetition":
            return 2.0 if self.exhibit == "bigram" else 0.1
        small = 0.3 + 0.006 * self.repeats * len(self.models())
        return small if all(model.startswith("zoo/") for model in self.models()) else 30 + 20 * small
