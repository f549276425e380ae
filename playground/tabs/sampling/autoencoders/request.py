"""What may be asked of the panel: data, which treatments of the code, and the settings that all of them share."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import field_validator

from playground.runtime.requests import TabRequest, control
from playground.runtime.watched import Watched

Data = Literal["digits", "pixel-art", "fashion-mnist"]
Treatment = Literal["ae", "aebn", "eae", "vae", "wae"]
Body = Literal["mlp", "conv"]
Curve = Literal["frechet", "reconstruction", "gap", "loss"]

TREATMENTS: tuple[Treatment, ...] = ("ae", "aebn", "eae", "vae", "wae")
DEFAULT_TREATMENTS: tuple[Treatment, ...] = ("ae", "aebn", "eae")
FEATURES = {"digits": "features-digits", "pixel-art": "features-pixelart16", "fashion-mnist": "features-fashion28"}
MOST_STEPS = 20_000
MLP_STEP, CONV_STEP = 6e-5, 2.5e-4  # seconds that a picture of a batch takes


class AutoencodersRequest(Watched, TabRequest):
    """Autoencoders that differ in nothing but what is done to their code, trained on the same batches."""

    tab: ClassVar[str] = "sampling-autoencoders"

    data: Data = control(
        "digits",
        title="Data",
        help="Digits of 8×8, heads of 16×16 in colour, or garments of 28×28.",
        widget="choice",
    )
    treatments: tuple[Treatment, ...] = control(
        DEFAULT_TREATMENTS,
        title="Treatments",
        help="Of the code: none, BatchNorm, BatchNorm and entropy (EAE), a VAE's, a Wasserstein autoencoder's.",
        widget="choices",
        min_length=1,
        max_length=len(TREATMENTS),
    )
    entropy_weight: float = control(
        0.2,
        title="Entropy weight λ",
        help="EAE: how much the code's entropy counts beside the squared error of a picture.",
        widget="slider",
        step=0.05,
        ge=0,
        le=2,
    )
    neighbours: int = control(
        1,
        title="Neighbour k",
        help="EAE: the entropy is estimated from the distance to the k-th nearest code.",
        widget="slider",
        step=1,
        ge=1,
        le=10,
    )
    latents: int = control(
        8,
        title="Latent size d",
        help="Numbers that a code has. With 2 the codes are drawn as a map.",
        widget="slider",
        step=1,
        ge=2,
        le=64,
    )
    batch: int = control(64, title="Batch", help="Pictures a step.", widget="slider", step=16, ge=16, le=512)
    steps: int = control(
        100, title="Steps", help="How long the run goes on.", widget="number", step=1, ge=0, le=MOST_STEPS
    )
    learning_rate: float = control(
        0.004, title="Learning rate", help="Adam's.", widget="number", group="more", step=0.001, ge=0, le=1e9
    )
    kl_weight: float = control(
        0.1,
        title="KL weight",
        help="VAE: how much the code's KL to N(0, I) counts.",
        widget="slider",
        group="more",
        step=0.05,
        ge=0,
        le=2,
    )
    mmd_weight: float = control(
        5.0,
        title="MMD weight",
        help="WAE: how much the codes' discrepancy to N(0, I) counts.",
        widget="slider",
        group="more",
        step=0.5,
        ge=0,
        le=50,
    )
    body: Body = control(
        "mlp",
        title="Body",
        help="Encoder and decoder: fully connected, or convolutions, which take about four times as long.",
        widget="choice",
        group="more",
    )
    every: int = control(
        50,
        title="Steps per picture",
        help="How often samples are drawn and everything is measured; half as often on larger pictures.",
        widget="slider",
        group="more",
        step=10,
        ge=10,
        le=500,
    )
    seed: int = control(
        0,
        title="Seed",
        help="Of first weights, batches and noise; all treatments share them.",
        widget="number",
        group="more",
        step=1,
        ge=0,
        le=2**31 - 1,
    )
    curve: Curve = control(
        "frechet", title="Curve", help="Which measure is drawn over the steps.", widget="none", view=True
    )

    @field_validator("treatments")
    @classmethod
    def _each_once(cls, treatments: tuple[Treatment, ...]) -> tuple[Treatment, ...]:
        """In the order of the cards."""
        return tuple(name for name in TREATMENTS if name in treatments)

    def interval(self) -> int:
        """Steps from picture to picture: larger pictures take the features' network so much longer."""
        return self.every if self.data == "digits" else 2 * self.every

    def models(self) -> tuple[str, ...]:
        """The classifier whose features measure the samples."""
        return (f"zoo/{FEATURES[self.data]}",)

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        a_step = 1e-3 + self.batch * (MLP_STEP if self.body == "mlp" else CONV_STEP)
        pictures = 1 + min(self.steps / self.interval(), 200)
        return 0.5 + len(self.treatments) * (self.steps * a_step + pictures * 0.06)
