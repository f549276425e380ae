"""What may be asked of the sampling tab: pictures from a hierarchy of latents, and what to do with one of them."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from playground.runtime.requests import FrozenModel, TabRequest, control
from playground.tabs.sampling.origins import MOST_GROUPS, MOST_PICTURES, MOST_SEED, Picture

Mode = Literal["sample", "keep", "resample", "mix", "walk", "attributes"]
Beside = Literal["nothing", "temperature", "BatchNorm", "pixels"]
PixelValue = Literal["mean", "likeliest", "sampled"]
Choosing = Literal["A", "B"]

MOST_MOVES = 3
FARTHEST = 2.0
TEMPERATURES = (0.4, 0.7, 1.0)  # that stand beside each other
SCALES = 4
MOVE = re.compile(r"([\w -]{1,40}):(-?[0-9]{1,2}(?:\.[0-9]{1,3})?)")
MOVE_FORM = "An attribute is written name:amount, such as glasses:1: change it and run again."
Group = Annotated[int, Field(ge=0, lt=MOST_GROUPS)]


class Move(FrozenModel):
    """An attribute that moves the subject, `glasses:1` in a link; 1 is what it takes to change it, -1 the opposite."""

    in_one_text: ClassVar[bool] = True

    name: str = Field(title="Attribute", min_length=1, max_length=40, pattern=r"^[\w -]+$")
    amount: float = Field(title="Amount", ge=-FARTHEST, le=FARTHEST)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        match = MOVE.fullmatch(value.strip())
        if match is None:
            raise ValueError(MOVE_FORM)
        return {"name": match[1], "amount": float(match[2])}

    def __str__(self) -> str:
        return f"{self.name}:{self.amount:g}"


def _scale(title: str) -> Any:
    return control(
        0.0,
        title=title,
        help="The temperature of this scale alone; 0 means the overall temperature.",
        widget="slider",
        group="more",
        step=0.05,
        ge=0,
        le=1.2,
    )


class SamplingRequest(TabRequest):
    """Pictures, and how they are drawn."""

    tab: ClassVar[str] = "sampling"

    model: str = control(
        "zoo/nvae-avatars32",
        title="Model",
        help="A hierarchical VAE: small groups of latents at the top, larger ones below.",
        widget="model",
        max_length=200,
    )
    mode: Mode = control(
        "sample",
        title="What to do",
        help=(
            "Draw pictures, keep the first groups of A, draw one group of A anew, mix the groups of A and B, "
            "walk from A to B, or move A along attributes."
        ),
        widget="none",
    )
    temperature: float = control(
        0.7,
        title="Temperature",
        help="Multiplies the noise: low is safe and alike, 1 is what the model learnt, above is wild.",
        widget="slider",
        step=0.05,
        ge=0.1,
        le=1.2,
    )
    keep: int = control(
        3,
        title="Groups to keep",
        help="How many groups, from the top, stay A's; all others are drawn anew.",
        widget="none",
        ge=0,
        le=MOST_GROUPS,
    )
    group: int = control(
        1,
        title="Group to draw anew",
        help="Counted from the top; all other groups stay A's.",
        widget="none",
        ge=1,
        le=MOST_GROUPS,
    )
    pictures: int = control(
        16,
        title="Pictures",
        help="How many are drawn, or lie on the way from A to B.",
        widget="slider",
        step=1,
        ge=1,
        le=MOST_PICTURES,
    )
    seed: int = control(
        0, title="Seed", help="Of the noise; the same seed is the same pictures.", widget="number", ge=0, le=MOST_SEED
    )
    beside: Beside = control(
        "nothing",
        title="Beside each other",
        help="Three temperatures, BatchNorm as trained and re-adjusted, or three ways to read pixels off.",
        widget="choice",
    )
    readjusted: bool = control(
        True,
        title="BatchNorm re-adjusted",
        help="Use BatchNorm statistics that were taken again at this temperature.",
        widget="switch",
        group="more",
    )
    pixels: PixelValue = control(
        "likeliest",
        title="Pixels",
        help="The mean of each pixel's distribution, its likeliest value, or a value drawn from it.",
        widget="choice",
        group="more",
    )
    scale_1: float = _scale("Top scale")
    scale_2: float = _scale("Second scale")
    scale_3: float = _scale("Third scale")
    scale_4: float = _scale("Fourth scale")
    subject: Picture = control(Picture.drawn(0, 0), title="A, the subject", help="The picture to steer.", widget="none")
    second: Picture = control(
        Picture.drawn(0, 1), title="B", help="The second picture, to mix with or to walk to.", widget="none"
    )
    from_second: tuple[Group, ...] = control(
        (),
        title="Groups of B",
        help="Which groups are B's in the mixture, counted from 0 at the top.",
        widget="none",
        max_length=MOST_GROUPS,
    )
    moves: tuple[Move, ...] = control(
        (), title="Attributes", help="How far the subject moves along attributes.", widget="none", max_length=MOST_MOVES
    )
    choosing: Choosing = control(
        "A", title="A click chooses", help="Which of the two a clicked picture becomes.", widget="none", view=True
    )

    def device_need(self) -> Literal["cpu", "gpu"]:
        """These models are small: the processor will do."""
        return "cpu"

    def models(self) -> tuple[str, ...]:
        """The one that draws."""
        return (self.model,)

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        return 0.3 + 0.03 * self.pictures * {"nothing": 1, "BatchNorm": 2}.get(self.beside, 3)

    def temperatures(self, scales: int, overall: float | None = None) -> tuple[float, ...]:
        """One for each of so many scales, from the top."""
        own = (self.scale_1, self.scale_2, self.scale_3, self.scale_4)
        overall = self.temperature if overall is None else overall
        return tuple((own[scale] if scale < SCALES else 0) or overall for scale in range(scales))
