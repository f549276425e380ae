"""What may be asked of the collapse tab: data, up to four variants of one training, changes in the middle of it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from playground.runtime.requests import FrozenModel, TabRequest, control
from playground.runtime.sessions import Attachment
from playground.runtime.watched import Watched

Data = Literal["nuisance-64", "rings", "fashion-mnist", "pixel-art", "upload"]
Predictor = Literal["none", "linear", "mlp", "random", "directpred"]
BatchNorm = Literal["none", "hidden", "default", "predictor-output"]
Target = Literal["simsiam", "byol", "unaugmented"]
LiveField = Literal["stop_gradient", "predictor", "batch_norm", "learning_rate", "predictor_rate"]
Metric = Literal[
    "std", "rank", "participation", "knn", "loss", "alignment", "uniformity", "encoder_gradient", "predictor_gradient"
]

MOST_VARIANTS = 4
MOST_STEPS = 20_000
MOST_POINTS = 200
Coordinate = Annotated[int, Field(ge=-100, le=100)]  # hundredths


class Ground(FrozenModel):
    """What is trained on."""

    data: Data = control(
        "nuisance-64",
        title="Data",
        help="Ten classes hidden in noise, points in the plane, small pictures, or a zip of your own.",
        widget="choice",
    )
    points: tuple[tuple[Coordinate, Coordinate], ...] = control(
        (),
        title="Your points",
        help="Rings: draw points of your own here; without any, three rings are drawn for you.",
        widget="drawing",
        max_length=MOST_POINTS,
    )
    images: Attachment | None = control(
        None,
        title="Your images",
        help="Upload: a zip with one folder of PNG or JPEG images for each class.",
        widget="file",
        accept=(".zip",),
    )


class Variant(FrozenModel):
    """One training. `live` fields may change in the middle of a run."""

    stop_gradient: bool = control(
        True,
        title="Stop gradient",
        help="The target is a constant: no gradient flows into it.",
        widget="switch",
        live=True,
    )
    predictor: Predictor = control(
        "mlp",
        title="Predictor",
        help="What maps one view's output to the other's. random is fixed; directpred is set from the correlations.",
        widget="choice",
        live=True,
    )
    batch_norm: BatchNorm = control(
        "default",
        title="BatchNorm",
        help="Nowhere, in hidden layers, also on the output (default, without affine), also on the predictor's output.",
        widget="choice",
        live=True,
    )
    target: Target = control(
        "simsiam",
        title="Target",
        help="The same network's output, a moving average's (BYOL), or the output for the input without augmentation.",
        widget="choice",
    )
    dimension: int = control(
        64, title="Output dimension d", help="With 3 or 2 the picture is exact.", widget="slider", step=1, ge=2, le=256
    )
    learning_rate: float = control(
        0.05,
        title="Learning rate",
        help="At batch 256; it grows in proportion to the batch.",
        widget="number",
        step=0.01,
        ge=0,
        le=1e9,
        live=True,
    )
    predictor_rate: float = control(
        1.0,
        title="Predictor's rate",
        help="As a multiple of the learning rate.",
        widget="number",
        step=0.1,
        ge=0,
        le=100,
        live=True,
    )
    predictor_decays: bool = control(
        False,
        title="Predictor's rate decays",
        help="Whether it follows the cosine too.",
        widget="switch",
        group="more",
    )
    layers: int = control(
        2,
        title="Projector layers",
        help="Between encoder and output.",
        widget="slider",
        group="more",
        step=1,
        ge=1,
        le=3,
    )
    target_momentum: float = control(
        0.99,
        title="Target momentum",
        help="BYOL: how much of the moving average stays at each step.",
        widget="slider",
        group="more",
        step=0.001,
        ge=0,
        le=1,
    )
    symmetric: bool = control(
        True, title="Symmetric loss", help="Each view predicts the other.", widget="switch", group="more"
    )
    alternation: int = control(
        1,
        title="Predictor steps per encoder step",
        help="The encoder learns at every so many-th step only.",
        widget="slider",
        group="more",
        step=1,
        ge=1,
        le=100,
    )
    weight_decay: float = control(
        1e-4, title="Weight decay", help="Of all weights.", widget="number", group="more", step=0.0001, ge=0, le=1
    )


class Change(FrozenModel):
    """From this step on a variant has another value: `120:1:stop_gradient=off` in a link."""

    in_one_text: ClassVar[bool] = True

    step: int = Field(ge=0, le=MOST_STEPS)
    variant: int = Field(ge=0, lt=MOST_VARIANTS)
    field: LiveField
    value: bool | float | str

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        if not isinstance(data, str):
            return data
        place, _, value = data.partition("=")
        step, variant, field = [*place.split(":"), "", ""][:3]
        return {"step": step, "variant": variant, "field": field, "value": value}

    @model_validator(mode="after")
    def _of_the_fields_type(self) -> Self:
        """The value as the variant's field has it, `off` as False."""
        value = {"on": True, "off": False}.get(self.value, self.value) if isinstance(self.value, str) else self.value
        changed = Variant.model_validate({self.field: value})
        object.__setattr__(self, "value", getattr(changed, self.field))
        return self

    def __str__(self) -> str:
        value = ("on" if self.value else "off") if isinstance(self.value, bool) else self.value
        return f"{self.step}:{self.variant}:{self.field}={value}"


class CollapseRequest(Variant, Ground, Watched, TabRequest):
    """A live training: the settings of variant 0 stand here, further ones in `beside`."""

    tab: ClassVar[str] = "collapse"

    batch: int = control(
        256, title="Batch", help="Inputs a step; each is seen in two views.", widget="slider", step=16, ge=16, le=512
    )
    noise: float = control(
        1.0,
        title="View noise",
        help="How far two views of one input are apart; 1 is usual.",
        widget="slider",
        group="more",
        step=0.05,
        ge=0,
        le=3,
    )
    steps: int = control(
        600, title="Steps", help="How long the run goes on.", widget="number", step=1, ge=0, le=MOST_STEPS
    )
    cosine_steps: int = control(
        2000,
        title="Steps of the cosine",
        help="The learning rate falls to zero over these many steps; 0 keeps it constant.",
        widget="number",
        group="more",
        step=1,
        ge=0,
        le=MOST_STEPS,
    )
    every: int = control(
        10,
        title="Steps per picture",
        help="How often everything is measured. The first ten steps all are.",
        widget="slider",
        group="more",
        step=1,
        ge=1,
        le=100,
    )
    seed: int = control(
        0,
        title="Seed",
        help="Of first weights, batches and views; all variants share them.",
        widget="number",
        group="more",
        step=1,
        ge=0,
        le=2**31 - 1,
    )
    beside: tuple[Variant, ...] = control(
        (), title="Variants", help="Trained beside this one.", widget="none", max_length=MOST_VARIANTS - 1
    )
    schedule: tuple[Change, ...] = control(
        (), title="Schedule", help="What changes in the middle of the run.", widget="none", max_length=100
    )
    metric: Metric = control(
        "rank", title="Curve", help="Which measure is drawn over the steps.", widget="none", view=True
    )

    @model_validator(mode="after")
    def _schedule_in_order(self) -> Self:
        if any(change.variant >= self.variant_count() for change in self.schedule):
            raise ValueError(
                "The schedule changes a variant that does not exist: remove the change or add the variant."
            )
        if any(later.step < earlier.step for earlier, later in zip(self.schedule, self.schedule[1:], strict=False)):
            raise ValueError("The schedule must be in the order of its steps: sort it.")
        return self

    def variant_count(self) -> int:
        """How many trainings stand side by side."""
        return 1 + len(self.beside)

    def variants(self) -> tuple[Variant, ...]:
        """All of them as they start; the first is what the controls say."""
        own = Variant(**{name: getattr(self, name) for name in Variant.model_fields})
        return (own, *self.beside)

    def variants_at(self, step: int) -> tuple[Variant, ...]:
        """All of them as they are at a step: with every change scheduled at or before it."""
        now = list(self.variants())
        for change in self.schedule:
            if change.step <= step:
                now[change.variant] = now[change.variant].model_copy(update={change.field: change.value})
        return tuple(now)

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        a_step = 4e-3 if self.data in ("nuisance-64", "rings") else 34e-3
        return 0.3 + self.steps * self.variant_count() * a_step * self.batch / 256
