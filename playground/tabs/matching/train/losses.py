"""The losses by name, all called alike: vectors of pairs and their scores in, one number out."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.losses.matching import (
    SoftmaxHead,
    angle,
    cos_1,
    cos_2,
    cosent,
    cosine_mse,
    in_batch_contrastive,
    pair_cosines,
)
from playground.runtime.live_training import step_generator
from playground.tabs.matching.train.request import Loss, MatchingTrainRequest

HIGHEST = 5.0  # score
HEAD = 1  # what is drawn from a seed beside the batches


@dataclass(frozen=True)
class Settings:
    """What the losses share: `graded` labels where a loss can use them, and from which score a pair is alike."""

    graded: bool
    alike_from: float
    scale: float

    @classmethod
    def of(cls, request: MatchingTrainRequest) -> Settings:
        """Those of a request."""
        return cls(request.labels == "graded", request.alike_from, request.scale)

    def alike(self, scores: Tensor) -> Tensor:
        """Yes or no (N,) for scores (N,)."""
        return scores >= self.alike_from

    def targets(self, scores: Tensor) -> Tensor:
        """Labels in 0 to 1."""
        return scores / HIGHEST if self.graded else self.alike(scores).float()


def head_of(loss: Loss, dimension: int, seed: int) -> nn.Module:
    """What the loss trains beside the encoder: the classifier of Sentence-BERT, nothing for the others."""
    return SoftmaxHead(dimension, generator=step_generator(seed, 0, HEAD)) if loss == "softmax" else nn.Identity()


def objective(loss: Loss, head: nn.Module, u: Tensor, v: Tensor, scores: Tensor, settings: Settings) -> Tensor:
    """The loss of vectors u, v (N, D) of pairs with scores (N,)."""
    alike = settings.alike(scores)
    if loss == "softmax":
        return cross_entropy(head(u, v), alike.long())
    if loss == "angle":
        return angle(u, v, settings.targets(scores), settings.scale)
    if loss == "contrastive":
        return in_batch_contrastive(u[alike], v[alike], settings.scale) if alike.any() else 0 * (u.sum() + v.sum())
    cosines = pair_cosines(u, v)
    if loss == "cosent":
        return cosent(cosines, settings.targets(scores), settings.scale)
    if loss == "cosine-mse":
        return cosine_mse(cosines, settings.targets(scores))
    return (cos_1 if loss == "cos-1" else cos_2)(cosines, alike.float())
