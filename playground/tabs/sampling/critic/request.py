"""What may be asked of the panel: critics trained side by side, or batches set against means."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import field_validator

from playground.runtime.requests import TabRequest, control
from playground.runtime.watched import Watched

Exhibit = Literal["critics", "batches"]
Data = Literal["line", "moons", "mixture", "rings", "digits"]
Method = Literal["clipping", "penalty", "spectral", "c-transform", "soft-c-transform"]
Ground = Literal["normal", "digits"]
Metric = Literal["estimate", "share", "gradient", "distance", "spread", "frechet"]

METHODS: tuple[Method, ...] = ("clipping", "penalty", "spectral", "c-transform", "soft-c-transform")
FEATURES = "zoo/features-digits"
MOST_STEPS = 20_000
STEP = 1.6e-3  # seconds that a critic's step takes


class CriticRequest(Watched, TabRequest):
    """Critics that estimate a Wasserstein distance, with or without generators that follow them; or fixed batches."""

    tab: ClassVar[str] = "sampling-critic"

    exhibit: Exhibit = control(
        "critics",
        title="Exhibit",
        help="Critics trained live, or the exact distances of batches to batches, to their mean and to centres.",
        widget="choice",
    )
    data: Data = control(
        "mixture",
        title="Data",
        help="Three heaps on a line, two moons, eight heaps on a circle, two rings, or handwritten 8×8 digits.",
        widget="choice",
    )
    critics: tuple[Method, ...] = control(
        ("clipping", "penalty", "spectral", "c-transform"),
        title="Critics",
        help="Each keeps the critic admissible in its own way. All see the same real batches and the same noise.",
        widget="choices",
        min_length=1,
        max_length=len(METHODS),
    )
    generator: bool = control(
        False,
        title="Generators",
        help="Each critic trains a generator of its own. Off, the fake is normal with the data's mean and covariance.",
        widget="switch",
    )
    batch: int = control(
        64, title="Batch", help="Real points a step, and as many fake ones.", widget="slider", step=8, ge=8, le=128
    )
    dimension: int = control(
        128,
        title="Dimension d",
        help="Of the points; digits have at most 64, and fewer are their first principal components.",
        widget="slider",
        step=1,
        ge=1,
        le=512,
    )
    ground: Ground = control(
        "normal",
        title="Points",
        help="Of the normal distribution N(0, I) in d dimensions, or digits with 64 pixels.",
        widget="choice",
    )
    learning_rate: float = control(
        0.001,
        title="Learning rate",
        help="Of critics and generators: Adam with β₁ = 0 and β₂ = 0.9.",
        widget="number",
        step=0.0005,
        ge=0,
        le=0.1,
    )
    clip: float = control(
        0.1,
        title="Clip bound",
        help="Clipping: no weight is larger than this after a step.",
        widget="slider",
        group="more",
        step=0.01,
        ge=0.01,
        le=1,
    )
    penalty: float = control(
        10.0,
        title="Penalty λ",
        help="Penalty: the weight of (‖gradient‖ − 1)².",
        widget="slider",
        group="more",
        step=0.5,
        ge=0,
        le=100,
    )
    epsilon: float = control(
        0.1,
        title="Softness ε",
        help="Soft c-transform: the smaller, the closer to the hard minimum.",
        widget="slider",
        group="more",
        step=0.01,
        ge=0.01,
        le=2,
    )
    critic_steps: int = control(
        5,
        title="Critic steps per generator step",
        help="How far a critic may learn before its generator moves.",
        widget="slider",
        group="more",
        step=1,
        ge=1,
        le=50,
    )
    width: int = control(
        64,
        title="Hidden width",
        help="Of the two hidden layers of every network.",
        widget="slider",
        group="more",
        step=16,
        ge=16,
        le=256,
    )
    steps: int = control(
        200,
        title="Steps",
        help="How long the critics learn.",
        widget="number",
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
    repeats: int = control(
        8,
        title="Batches",
        help="How many pairs of batches each distance is the mean of.",
        widget="slider",
        group="more",
        step=1,
        ge=2,
        le=32,
    )
    seed: int = control(
        0,
        title="Seed",
        help="Of first weights, batches and noise; all critics share them.",
        widget="number",
        group="more",
        step=1,
        ge=0,
        le=2**31 - 1,
    )
    metric: Metric = control(
        "estimate", title="Curve", help="Which measure is drawn over the steps.", widget="none", view=True
    )

    @field_validator("critics")
    @classmethod
    def _each_once(cls, critics: tuple[Method, ...]) -> tuple[Method, ...]:
        """In the order of the list, so that a critic keeps its place and colour."""
        return tuple(method for method in METHODS if method in critics)

    def models(self) -> tuple[str, ...]:
        """The features that samples of digits are compared on."""
        return (FEATURES,) if self.exhibit == "critics" and self.data == "digits" else ()

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        if self.exhibit == "batches":
            return 3.0
        return 0.3 + self.steps * len(self.critics) * STEP
