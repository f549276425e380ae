"""What may be asked of the decoding tab: one prompt, one model, many decoders at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints, ValidationInfo, field_validator

from playground.runtime.errors import InvalidRequest
from playground.runtime.requests import TabRequest, control
from playground.tabs.decoding.places import MOST_ROWS, MOST_TOKENS, Branch, Inspect
from playground.tabs.decoding.strategies import LONGEST_NAME, Strategy, parse

MOST_PROMPT_CHARACTERS = 20_000
MOST_BRANCHES = 20
WIDEST = 64  # texts that all rows keep at once, on models whose memory grows with every token
NO_SIBLINGS = (
    "This model has no variant trained to stop by itself. Leave out st and nmst, or choose a model whose name "
    "ends in -vanilla."
)
TOO_WIDE = (
    "These decoders keep {width} texts at once and this model has room for {most}: leave some of them out, "
    "or use fewer beams."
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
    "min-p-0.05",
    "typical-0.9",
    "eta-0.0003",
    "epsilon-0.0003",
    "top-h-0.4",
    "fixed-entropy-2",
    "mirostat-5",
    "xtc-0.1-0.5",
    "beam-4",
    "diverse-beam-4-2",
    "contrastive-4-0.6",
    "consistent-top-k-2",
    "consistent-top-k-4",
    "consistent-nucleus-0.2",
    "consistent-nucleus-0.4",
    "st",
    "nmst",
    "floor-0.01",
    "floor-0.001",
    "st-0.001",
    "repetition-1.2",
    "presence-0.5",
    "frequency-0.5",
    "no-repeat-3",
    "dry-0.8",
    "decay-64-1.05",
    "min-new-16",
    "beam-4+no-repeat-3",
    "dry-0.8+min-p-0.05+temperature-1.3",
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
        help=(
            "The text that every decoder continues. Empty starts from nothing. For a chat model each line is a turn "
            "and the last one is yours; a translator translates it."
        ),
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
    decoders: tuple[Annotated[str, StringConstraints(max_length=LONGEST_NAME)], ...] = control(
        DEFAULT_DECODERS,
        title="Decoders",
        help=(
            "One row each. Type your own numbers after the name, such as top-k-10, and join parts with +, "
            "such as repetition-1.2+nucleus-0.9."
        ),
        widget="choices",
        choices=SUGGESTED_DECODERS,
        min_length=1,
        max_length=MOST_ROWS,
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
    branch: tuple[Branch, ...] = control(
        (),
        title="Branches",
        help="Each takes a row's text up to a step, puts a token there, and lets every row go on; row:step:token.",
        widget="none",
        max_length=MOST_BRANCHES,
    )
    inspect: Inspect | None = control(
        None,
        title="Inspected step",
        help="The step of a row whose parts are shown one after the other; row:step.",
        widget="none",
    )
    color: Literal["probability", "entropy", "repetition"] = control(
        "probability",
        title="Color tokens by",
        help="The token's probability, the uncertainty it was chosen from, or where the text repeats itself.",
        widget="choice",
        group="more",
        view=True,
    )

    curve: Literal["probability", "rank", "kept"] = control(
        "probability",
        title="Curve",
        help="What is drawn over the steps: p(<eos>), its rank among all tokens, or how many tokens were kept.",
        widget="choice",
        group="more",
        view=True,
    )

    @field_validator("decoders")
    @classmethod
    def _known_decoders(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """Canonical names, each once."""
        return canonical_names(names, info.data.get("model", _VARIANTS[0]))

    def strategies(self) -> tuple[Strategy, ...]:
        """The strategy of every row."""
        return tuple(parse(name) for name in self.decoders)

    def row_models(self) -> tuple[str, ...]:
        """The model id of every row; st and nmst rows run on siblings of the chosen model."""
        return models_of(self.model, self.strategies())

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
        strategies = self.strategies()
        reading = 0.002 if self.model.endswith(_VARIANTS) else 0.006  # a recurrent step is cheaper than attention
        passes = len(self.models()) + any(s.selection == "contrastive" for s in strategies)
        step = reading * passes + 0.0003 * sum(strategy.width for strategy in strategies)
        replayed = max((branch.step for branch in self.branch), default=0)  # by single rows
        seconds = 0.2 + self.length * step + replayed * reading
        return seconds if self.model.startswith("zoo/") else 30 + 20 * seconds


def canonical_names(names: Sequence[str], model: str) -> tuple[str, ...]:
    """The decoders' canonical names, each once; ValueError, as pydantic wants it, where the model cannot run them."""
    try:
        strategies = {strategy.name: strategy for strategy in map(parse, names)}
        _refuse(strategies.values(), model)
    except InvalidRequest as error:
        raise ValueError(str(error)) from error
    return tuple(strategies)


def models_of(model: str, strategies: Sequence[Strategy]) -> tuple[str, ...]:
    """The model id that each strategy runs on: st and nmst have siblings of the chosen model."""
    family = model
    for variant in _VARIANTS:
        family = family.removesuffix(variant)
    return tuple(f"{family}-{s.termination}" if s.termination else model for s in strategies)


def _refuse(strategies: Collection[Strategy], model: str) -> None:
    """Raise InvalidRequest for rows that this model does not have, and for more than it has room for.

    A recurrent model keeps one state a text: there the bounds of rows and beams are enough.
    """
    if model.endswith(_VARIANTS):
        return
    if any(strategy.termination for strategy in strategies):
        raise InvalidRequest(NO_SIBLINGS)
    width = sum(strategy.width for strategy in strategies)
    if width > WIDEST:
        raise InvalidRequest(TOO_WIDE, width=width, most=WIDEST)
