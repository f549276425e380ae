"""What may be asked of the panel: one of two flows, with its start and its constants."""

from __future__ import annotations

from typing import ClassVar, Literal

from playground.runtime.requests import TabRequest, control

Exhibit = Literal["numbers", "eigenvalues"]
Predictor = Literal["learnt", "directpred", "none"]


class DynamicsRequest(TabRequest):
    """Two numbers with and without stop-gradient, or the eigenvalues of a linear encoder and predictor."""

    tab: ClassVar[str] = "collapse-dynamics"

    exhibit: Exhibit = control(
        "numbers",
        title="Exhibit",
        help="A network of two numbers, or the eigenvalues of a linear encoder and predictor.",
        widget="choice",
    )
    phi: float = control(
        0.6,
        title="φ(0)",
        help="Two numbers: the predictor at the start.",
        widget="slider",
        step=0.05,
        ge=-1.5,
        le=2.5,
    )
    theta: float = control(
        0.1,
        title="θ(0)",
        help="Two numbers: the encoder at the start. Zero is the collapsed encoder.",
        widget="slider",
        step=0.05,
        ge=-2,
        le=2,
    )
    phi_rate: float = control(
        1.0,
        title="Rate of φ",
        help="Two numbers: how fast the predictor learns.",
        widget="slider",
        step=0.1,
        ge=0.1,
        le=5,
    )
    theta_rate: float = control(
        1.0,
        title="Rate of θ",
        help="Two numbers: how fast the encoder learns.",
        widget="slider",
        step=0.1,
        ge=0.1,
        le=5,
    )
    weight_decay: float = control(
        0.1,
        title="Weight decay η",
        help="Eigenvalues: too much of it and the useful fixed point is gone.",
        widget="slider",
        step=0.005,
        ge=0,
        le=0.5,
    )
    augmentation: float = control(
        0.2,
        title="Augmentation σ²",
        help="Eigenvalues: variance that the views add to inputs of variance one.",
        widget="slider",
        step=0.05,
        ge=0,
        le=2,
    )
    predictor: Predictor = control(
        "learnt",
        title="Predictor",
        help="Eigenvalues: learnt, set from the encoder's correlations (DirectPred), or none.",
        widget="choice",
    )
    stop_gradient: bool = control(
        True,
        title="Stop gradient",
        help="Eigenvalues: the target is a constant. Two numbers show both.",
        widget="switch",
    )
    predictor_rate: float = control(
        1.0,
        title="Predictor's rate α_p",
        help="Eigenvalues: how much faster than the encoder the predictor learns.",
        widget="slider",
        step=0.1,
        ge=0.1,
        le=5,
    )
    time: float = control(
        60.0,
        title="Time",
        help="How long the flow is followed.",
        widget="slider",
        step=1,
        ge=1,
        le=200,
    )
    moving_average: bool = control(
        False,
        title="Moving-average target",
        help="Eigenvalues: the target follows the encoder slowly (BYOL). It needs the stop-gradient.",
        widget="switch",
        group="more",
    )
    target_rate: float = control(
        0.5,
        title="Target's rate β",
        help="Eigenvalues: how fast the moving average follows.",
        widget="slider",
        group="more",
        step=0.05,
        ge=0.05,
        le=5,
    )
    epsilon: float = control(
        0.1,
        title="DirectPred's ε",
        help="Eigenvalues: what every eigenvalue of the predictor gets, as a share of the largest one of F.",
        widget="slider",
        group="more",
        step=0.01,
        ge=0,
        le=1,
    )
    symmetric: bool = control(
        True,
        title="Symmetric predictor",
        help="Eigenvalues: W_p starts symmetric and follows the symmetric part of its gradient.",
        widget="switch",
        group="more",
    )
    dimension: int = control(
        12,
        title="Output dimension d",
        help="Eigenvalues: how many modes there are.",
        widget="slider",
        group="more",
        step=1,
        ge=2,
        le=16,
    )
    encoder_scale: float = control(
        0.7,
        title="Encoder at the start",
        help="Eigenvalues: standard deviation of the outputs.",
        widget="slider",
        group="more",
        step=0.05,
        ge=0.05,
        le=1,
    )
    predictor_scale: float = control(
        0.3,
        title="Predictor at the start",
        help="Eigenvalues: mean eigenvalue of W_p; they are drawn between zero and twice that.",
        widget="slider",
        group="more",
        step=0.05,
        ge=0,
        le=1,
    )
    seed: int = control(
        0,
        title="Seed",
        help="Eigenvalues: draws the matrices at the start.",
        widget="number",
        group="more",
        step=1,
        ge=0,
        le=2**31 - 1,
    )

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        return 0.2 if self.exhibit == "numbers" else 0.2 + 0.005 * self.time
