"""A request with every kind of field that a tab may have, for the tests of links, validation and controls."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from playground.runtime.requests import FrozenModel, TabRequest, control


class Upload(FrozenModel):
    """Stands for an uploaded file."""

    is_file: ClassVar[bool] = True

    name: str
    size: int


class Change(FrozenModel):
    """A change in the middle of a run, `120:stop_gradient=off` in a link."""

    in_one_text: ClassVar[bool] = True

    step: int = Field(ge=0, le=10_000)
    name: Literal["stop_gradient", "predictor"]
    on: bool

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        step, _, rest = value.partition(":")
        name, _, on = rest.partition("=")
        return {"step": step, "name": name, "on": on}

    def __str__(self) -> str:
        return f"{self.step}:{self.name}={'on' if self.on else 'off'}"


class Optimizer(FrozenModel):
    """A nested part."""

    rate: float = control(0.05, title="Rate", help="Step size.", widget="number", gt=0, le=10)
    momentum: bool = control(True, title="Momentum", help="Whether to use it.", widget="switch")


class Variant(FrozenModel):
    """One of the things compared."""

    name: str = control(..., title="Name", help="Its name.", widget="text", max_length=20)
    predictor: Literal["mlp", "none"] = control("mlp", title="Predictor", help="Its head.", widget="choice")
    optimizer: Optimizer = Optimizer()


class SampleRequest(TabRequest):
    """Every kind of field."""

    tab: ClassVar[str] = "sample"
    version: ClassVar[int] = 2

    prompt: str = control("Once", title="Prompt", help="Begin here.", widget="text", lines=3, max_length=100)
    table: str = control(
        "", title="Table", help="Your rows.", widget="text", lines=8, max_length=50, private=True, upload=True
    )
    model: str = control("zoo/tiny", title="Model", help="Which one.", widget="model", max_length=60)
    decoders: tuple[Annotated[str, Field(max_length=20)], ...] = control(
        ("greedy",),
        title="Decoders",
        help="One row each.",
        widget="choices",
        choices=("greedy", "a,b", "back\\slash", ""),
        max_length=4,
    )
    marks: tuple[Literal["loops", "bounds"], ...] = control((), title="Marks", help="What is drawn.", widget="choices")
    length: int = control(128, title="Length limit", help="Most tokens.", widget="slider", step=1, ge=1, le=1_500)
    rate: float = control(0.5, title="Rate", help="Any share.", widget="slider", group="more", step=0.1, ge=0, le=1)
    top: float = control(1.0, title="Top", help="Any number.", widget="number", group="more")
    seed: int | None = control(0, title="Seed", help="None is random.", widget="number", group="more", ge=0)
    stop: bool = control(False, title="Stop loops", help="End early.", widget="switch", group="more")
    size: Literal["small", "large"] = control("small", title="Size", help="How big.", widget="choice")
    count: Literal[1, 2, 4, 8, 16, 32] = control(4, title="Count", help="How many.", widget="choice")
    title: str | None = control(None, title="Title", help="Yours.", widget="none", max_length=30)
    span: tuple[int, int] = control((0, 10), title="Span", help="From, to.", widget="none")
    points: tuple[tuple[float, float], ...] = control((), title="Points", help="Drawn.", widget="none", max_length=9)
    optimizer: Optimizer = control(Optimizer(), title="Optimizer", help="How.", widget="none")
    variants: tuple[Variant, ...] = control(
        (Variant(name="A"), Variant(name="B", predictor="none")),
        title="Variants",
        help="Compared.",
        widget="none",
        max_length=4,
    )
    schedule: tuple[Change, ...] = control((), title="Schedule", help="When.", widget="none", max_length=5)
    change: Change | None = control(None, title="Change", help="One more.", widget="none")
    upload: Upload | None = control(None, title="Sentences", help="Your file.", widget="none")

    @model_validator(mode="after")
    def _in_order(self) -> SampleRequest:
        if self.span[0] > self.span[1]:
            raise ValueError("Span must start before it ends: swap the two numbers.")
        return self

    @classmethod
    def migrate(cls, version: int, query: dict[str, str]) -> dict[str, str]:
        """Version 1 called the length `tokens`, 64 by default."""
        return {"length": query.get("tokens", "64"), **{k: v for k, v in query.items() if k != "tokens"}}
