"""What may be asked of the panel: a picture set, a tiny NVAE, and up to three ways to weigh its KL."""

from __future__ import annotations

from typing import ClassVar, Literal

from playground.runtime.requests import FrozenModel, TabRequest, control
from playground.runtime.watched import Watched

Data = Literal["digits", "pixel-art"]

MOST_VARIANTS = 3
MOST_STEPS = 10_000


class Variant(FrozenModel):
    """One training: what is added to the reconstruction, and with which weight."""

    warm_up: int = control(
        300,
        title="KL warm-up, steps",
        help="The KL's weight rises from 0.0001 to 1 over so many steps. 0: it is 1 from the start.",
        widget="slider",
        step=10,
        ge=0,
        le=3000,
    )
    balancing: bool = control(
        True,
        title="KL balancing",
        help="During the warm-up a group's KL counts the more the larger it is: groups with little are spared.",
        widget="switch",
    )
    spectral: float = control(
        0.01,
        title="Spectral regularisation λ",
        help="Weight of the largest singular values of all convolutions, in nats a picture; 0 = off.",
        widget="number",
        step=0.01,
        ge=0,
        le=10,
    )


class HierarchyRequest(Variant, Watched, TabRequest):
    """Tiny NVAEs in training: the settings of variant 0 stand here, further ones in `beside`."""

    tab: ClassVar[str] = "sampling-hierarchy"

    data: Data = control(
        "digits",
        title="Data",
        help="Digits of 8×8 in a frame of zeros, or coloured heads: the net works at 16×16 either way.",
        widget="choice",
    )
    groups: int = control(
        4,
        title="Groups of latents",
        help="Half of them at 4×4, from the top, the others at 8×8. One is a plain VAE.",
        widget="slider",
        step=1,
        ge=1,
        le=8,
    )
    latent_channels: int = control(
        4, title="Latent channels", help="Of every group.", widget="slider", step=1, ge=1, le=16
    )
    batch: int = control(
        32, title="Batch", help="Pictures a step, the same for all variants.", widget="slider", step=8, ge=8, le=128
    )
    learning_rate: float = control(
        0.01,
        title="Learning rate",
        help="Of Adamax, constant after twenty steps.",
        widget="number",
        step=0.001,
        ge=0,
        le=1e9,
    )
    steps: int = control(
        300, title="Steps", help="How long the run goes on.", widget="number", step=1, ge=0, le=MOST_STEPS
    )
    every: int = control(
        10,
        title="Steps per picture",
        help="How often everything is measured on pictures that are not trained on.",
        widget="slider",
        group="more",
        step=1,
        ge=1,
        le=100,
    )
    seed: int = control(
        0,
        title="Seed",
        help="Of first weights, batches and noise; all variants share them.",
        widget="number",
        group="more",
        step=1,
        ge=0,
        le=2**31 - 1,
    )
    beside: tuple[Variant, ...] = control(
        (), title="Variants", help="Trained beside this one.", widget="none", max_length=MOST_VARIANTS - 1
    )

    def variants(self) -> tuple[Variant, ...]:
        """All trainings side by side; the first is what the controls say."""
        own = Variant(**{name: getattr(self, name) for name in Variant.model_fields})
        return (own, *self.beside)

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        a_step = 0.012 + 0.005 * self.groups + 0.0004 * self.batch
        return 0.5 + self.steps * (1 + len(self.beside)) * a_step
