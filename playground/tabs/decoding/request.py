"""What may be asked of the decoding tab: one prompt, one model, many decoders at once."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints, ValidationInfo, field_validator

from playground.runtime.errors import InvalidRequest
from playground.runtime.requests import TabRequest, control
from playground.tabs.decoding.strategies import Strategy, parse

MOST_TOKENS = 1500
MOST_PROMPT_CHARACTERS = 20_000
NO_SIBLINGS = (
    "This model has no variant trained to stop by itself. Leave out st and nmst, or choose a model whose name "
    "ends in -vanilla."
)
SUGGESTED_DECODERS = (
    "greedy",
    "ancestral",
    "temperature-0.7",
    "top-k-2",
    "top-k-4",
    "nucleus-0.2",
    "nucleus-0.4",
    "nucleus-0.9",
    "consistent-top-k-2",
    "consistent-top-k-4",
    "consistent-nucleus-0.2",
    "consistent-nucleus-0.4",
    "st",
    "nmst",
    "floor-0.01",
    "floor-0.001",
)
DEFAULT_DECODERS = (
    "greedy",
    "nucleus-0.2",
    "consistent-nucleus-0.2",
    "top-k-4",
    "ancestral",
    "st",
    "nmst",
    "floor-0.001",
)
_VARIANTS = ("-vanilla", "-st", "-nmst")


class DecodingRequest(TabRequest):
    """One prompt continued by one model under up to 16 decoders."""

    tab: ClassVar[str] = "decoding"

    prompt: str = control(
        "The old man went down to the sea and",
        title="Prompt",
        help="The text that every decoder continues. Empty starts from nothing.",
        widget="text",
        lines=3,
        max_length=MOST_PROMPT_CHARACTERS,
    )
    model: str = control(
        "zoo/rnn-tanh-vanilla",
        title="Model",
        help="The language model. st and nmst rows run on its variants trained to stop.",
        widget="model",
        pattern=r"^(zoo|hub|packaged|local)/[^/\s]+$",
        max_length=120,
    )
    decoders: tuple[Annotated[str, StringConstraints(max_length=40)], ...] = control(
        DEFAULT_DECODERS,
        title="Decoders",
        help="One row each. Type your own number after the name, such as top-k-10 or nucleus-0.95.",
        widget="choices",
        choices=SUGGESTED_DECODERS,
        min_length=1,
        max_length=16,
    )
    length: int = control(
        128,
        title="Length limit",
        help="A row that has not ended after this many new tokens is cut.",
        widget="slider",
        step=1,
        ge=1,
        le=MOST_TOKENS,
    )
    seed: int = control(
        0,
        title="Seed",
        help="The same seed draws the same tokens, whichever other rows run.",
        widget="number",
        group="more",
        step=1,
        ge=0,
        le=2**31 - 1,
    )
    loop_stop: bool = control(
        False,
        title="Stop loops",
        help="End a row once it is sure to repeat itself without end; saves the rest of its steps.",
        widget="switch",
        group="more",
    )

    @field_validator("decoders")
    @classmethod
    def _known_decoders(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """Canonical names, each once."""
        try:
            strategies = [parse(name) for name in names]
        except InvalidRequest as error:
            raise ValueError(str(error)) from error
        if any(s.termination for s in strategies) and not info.data.get("model", "-st").endswith(_VARIANTS):
            raise ValueError(NO_SIBLINGS)
        return tuple(dict.fromkeys(strategy.name for strategy in strategies))

    def strategies(self) -> tuple[Strategy, ...]:
        """The strategy of every row."""
        return tuple(parse(name) for name in self.decoders)

    def row_models(self) -> tuple[str, ...]:
        """The model id of every row; st and nmst rows run on siblings of the chosen model."""
        family = self.model
        for variant in _VARIANTS:
            family = family.removesuffix(variant)
        return tuple(f"{family}-{s.termination}" if s.termination else self.model for s in self.strategies())

    def models(self) -> tuple[str, ...]:
        """Ids of the models that the rows run on, each once."""
        return tuple(dict.fromkeys(self.row_models()))

    def steps_per_frame(self) -> int:
        """Steps that travel in one frame: one while it can be watched, more in a long run of a small model."""
        return 8 if self.length > 256 and self.model.startswith("zoo/") else 1

    def device_need(self) -> Literal["cpu", "gpu"]:
        """Embedded models are small: the CPU does."""
        return "cpu"

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores, as measured with the embedded models.

        Other models may have to be fetched and are larger: far too long to run unasked.
        """
        seconds = 0.2 + self.length * (0.002 * len(self.models()) + 0.0003 * len(self.decoders))
        return seconds if self.model.startswith("zoo/") else 30 + 20 * seconds
