"""What may be asked of the panel: two to five losses, and what all of them share."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import field_validator

from playground.runtime.requests import TabRequest, control
from playground.runtime.watched import Watched

Loss = Literal["cosine-mse", "cos-1", "cos-2", "softmax", "cosent", "angle", "contrastive"]
Labels = Literal["graded", "yes-no"]
Trained = Literal["map", "lora"]

LOSSES: tuple[Loss, ...] = ("cosine-mse", "cos-1", "cos-2", "softmax", "cosent", "angle", "contrastive")
DEFAULT_LOSSES: tuple[Loss, ...] = ("softmax", "cosent")
MOST_STEPS = 5_000
MOST_LORA_BATCH = 8  # pairs: every one goes through the encoder again
ENCODER = "packaged/all-minilm-l6-v2"
TOO_FEW = "Losses are compared with each other: choose two different ones or more and run again."
MAP_PAIR, LORA_PAIR = 8e-6, 0.03  # seconds that a pair of a batch takes


class MatchingTrainRequest(Watched, TabRequest):
    """Losses that teach the same encoder on the same pairs, in the same order."""

    tab: ClassVar[str] = "matching-train"

    losses: tuple[Loss, ...] = control(
        DEFAULT_LOSSES,
        title="Losses",
        help="Two to five, trained on the same pairs: on the cosine, on classes (softmax), on order, on the batch.",
        widget="choices",
        min_length=2,
        max_length=5,
    )
    labels: Labels = control(
        "yes-no",
        title="Labels",
        help="Yes or no, or the scores themselves for losses that can use them: cosine-MSE, CoSENT, AnglE.",
        widget="choice",
    )
    alike_from: float = control(
        3.0,
        title="Alike from score",
        help="Pairs that score this much, of 0 to 5, count as yes.",
        widget="slider",
        step=0.5,
        ge=0.5,
        le=5,
    )
    learning_rate: float = control(
        0.0005,
        title="Learning rate",
        help="Adam's.",
        widget="number",
        step=0.0001,
        ge=0,
        le=1e9,
    )
    batch: int = control(
        64, title="Batch", help="Pairs a step; with LoRA 8 at most.", widget="slider", step=16, ge=16, le=256
    )
    steps: int = control(
        180,
        title="Steps",
        help="How long the run goes on. In 88 steps of 64 pairs every pair is seen once.",
        widget="number",
        step=1,
        ge=0,
        le=MOST_STEPS,
    )
    trained: Trained = control(
        "map",
        title="What is trained",
        help="A linear map behind the encoder, in seconds, or the encoder itself by LoRA, which takes minutes.",
        widget="choice",
        group="more",
    )
    rank: int = control(
        8, title="LoRA rank", help="Of what LoRA adds to each matrix.", widget="slider", group="more", ge=1, le=32
    )
    scale: float = control(
        20.0,
        title="Scale",
        help="CoSENT, AnglE, in-batch contrastive: what cosines are multiplied by.",
        widget="slider",
        group="more",
        step=1,
        ge=1,
        le=50,
    )
    every: int = control(
        20,
        title="Steps per picture",
        help="How often everything is measured.",
        widget="slider",
        group="more",
        step=5,
        ge=5,
        le=200,
    )
    seed: int = control(
        0,
        title="Seed",
        help="Of batches and first weights; all losses share them.",
        widget="number",
        group="more",
        step=1,
        ge=0,
        le=2**31 - 1,
    )
    shown: Loss = control("softmax", title="Shown", help="Whose vectors are drawn.", widget="none", view=True)

    @field_validator("losses")
    @classmethod
    def _each_once(cls, losses: tuple[Loss, ...]) -> tuple[Loss, ...]:
        """In the order of the colours; at least two."""
        if len(set(losses)) < 2:
            raise ValueError(TOO_FEW)
        return tuple(name for name in LOSSES if name in losses)

    def pairs_a_step(self) -> int:
        """The batch that is really taken."""
        return min(self.batch, MOST_LORA_BATCH) if self.trained == "lora" else self.batch

    def drawn(self) -> Loss:
        """The loss whose vectors are drawn: the chosen one, or the first where it is not trained."""
        return self.shown if self.shown in self.losses else self.losses[0]

    def models(self) -> tuple[str, ...]:
        """The encoder, where it is trained itself."""
        return (ENCODER,) if self.trained == "lora" else ()

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        is_lora = self.trained == "lora"
        a_step = 5e-4 + self.pairs_a_step() * (LORA_PAIR if is_lora else MAP_PAIR)
        pictures = 1 + min(self.steps / self.every, 100)
        return 0.3 + len(self.losses) * (self.steps * a_step + pictures * (1.5 if is_lora else 0.03))
