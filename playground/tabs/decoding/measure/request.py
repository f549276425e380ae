"""What may be asked of the measuring panel: one model, many decoders, many prefixes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints, ValidationInfo, field_validator

from playground.runtime.requests import TabRequest, control
from playground.tabs.decoding.places import MOST_ROWS, MOST_TOKENS
from playground.tabs.decoding.request import SUGGESTED_DECODERS, canonical_names, models_of
from playground.tabs.decoding.strategies import LONGEST_NAME, Strategy, parse

Source = Literal["held-out", "random-token"]
DEFAULT_DECODERS = ("greedy", "nucleus-0.2", "consistent-nucleus-0.2", "top-k-2", "consistent-top-k-2", "ancestral")


class MeasureRequest(TabRequest):
    """Up to 16 decoders of one model, each from up to 2,000 prefixes."""

    tab: ClassVar[str] = "decoding-measure"

    model: str = control(
        "zoo/rnn-tanh-vanilla",
        title="Model",
        help="The language model. st and nmst rows run on its variants trained to stop.",
        widget="model",
        pattern=r"^(zoo|hub|packaged|local)/[^/\s]+$",
        max_length=120,
    )
    decoders: tuple[Annotated[str, StringConstraints(max_length=LONGEST_NAME)], ...] = control(
        DEFAULT_DECODERS,
        title="Decoders",
        help="Each continues every prefix. Beams and contrastive search take much longer than the others.",
        widget="choices",
        choices=SUGGESTED_DECODERS,
        min_length=1,
        max_length=MOST_ROWS,
    )
    prefixes: int = control(
        200,
        title="Prefixes",
        help="How many texts are continued. The intervals shrink with their square root.",
        widget="slider",
        step=100,
        ge=100,
        le=2000,
    )
    source: Source = control(
        "held-out",
        title="Kind of prefix",
        help="Beginnings of texts the model has never seen, or as many tokens drawn at random.",
        widget="choice",
    )
    length: int = control(
        MOST_TOKENS,
        title="Length limit",
        help="A text of this many new tokens without an end counts as never stopping.",
        widget="slider",
        step=1,
        ge=1,
        le=MOST_TOKENS,
    )
    seed: int = control(
        0,
        title="Seed",
        help="Prefix number n is continued with this seed plus n.",
        widget="number",
        group="more",
        step=1,
        ge=0,
        le=2**31 - 1,
    )
    certificate: bool = control(
        True,
        title="Stop certified loops",
        help="End a greedy row of a recurrent model once it is sure to loop forever; it counts as never stopping.",
        widget="switch",
        group="more",
    )

    @field_validator("decoders")
    @classmethod
    def _known_decoders(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """Canonical names, each once."""
        return canonical_names(names, info.data.get("model", "-vanilla"))

    def strategies(self) -> tuple[Strategy, ...]:
        """The strategy of every decoder."""
        return tuple(parse(name) for name in self.decoders)

    def row_models(self) -> tuple[str, ...]:
        """The model id of every decoder."""
        return models_of(self.model, self.strategies())

    def models(self) -> tuple[str, ...]:
        """Ids of the models that the decoders run on, each once."""
        return tuple(dict.fromkeys(self.row_models()))

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores, if a tenth of the texts never stop."""
        tokens = 60 + 0.1 * self.length
        rows = sum(30 * strategy.width if strategy.searches else 1 for strategy in self.strategies())
        seconds = 0.5 + self.prefixes * rows * tokens * 0.00008
        return seconds if self.model.startswith("zoo/") else 30 + 20 * seconds
