"""What is told of an encoder in training: its loss, its decisions, its ranking, and where sentences lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from models.losses.matching import pair_cosines
from playground.runtime.live_training import step_generator
from playground.tabs.matching.metrics import spearman
from playground.tabs.matching.train.data import Pairs, TrainingSet
from playground.tabs.matching.train.linear_map import Trained
from playground.tabs.matching.train.losses import Settings, objective
from playground.tabs.matching.train.measures import Map, best_accuracy, histograms
from playground.tabs.matching.train.request import Loss

DRAWN = 120  # pairs on the map
PLACES = 3  # what is drawn from seed 0: which pairs are measured


@dataclass(frozen=True)
class Told:
    """One loss's part of a frame, see TrainFrame."""

    loss: float
    accuracy: float
    cosine_accuracy: float
    training_spearman: float
    spearman: float
    points: npt.NDArray[np.float16]
    histogram: npt.NDArray[np.float32]


class Measuring:
    """Measures always the same pairs: `seen` of those that are trained on, `validation` of the others.

    The loss is the mean over `seen` in batches of `batch` pairs.
    """

    def __init__(self, data: TrainingSet, settings: Settings, batch: int, seen: int, validation: int) -> None:
        self._settings, self._batch = settings, batch
        self.seen = data.train.at(torch.randperm(len(data.train), generator=step_generator(0, 0, PLACES))[:seen])
        self.validation = data.validation.at(torch.arange(min(validation, len(data.validation))))
        self._rows = torch.from_numpy(np.unique(torch.cat([self.seen.rows, self.validation.rows]).numpy()))
        drawn, links = np.unique(self.validation.rows[:DRAWN].numpy(), return_inverse=True)
        self.drawn = torch.from_numpy(drawn)
        self.links: npt.NDArray[np.int64] = links.reshape(-1, 2)
        self.map = Map(data.vectors[self.drawn].numpy())

    def tell(self, loss: Loss, encoder: Trained, head: nn.Module) -> Iterator[Told | None]:
        """None after every part of the sentences but the last, then everything."""
        parts: list[Tensor] = []
        for part in encoder.chunks(self._rows):
            if parts:
                yield None
            parts.append(part)
        yield self._told(loss, head, torch.cat(parts))

    @torch.no_grad()
    def _told(self, loss: Loss, head: nn.Module, vectors: Tensor) -> Told:
        """Everything, from vectors of all sentences that are measured."""
        seen, held_back = (self._sides(vectors, pairs) for pairs in (self.seen, self.validation))
        cosines, others = (pair_cosines(*sides).numpy() for sides in (seen, held_back))
        alike, others_alike = (self._settings.alike(part.scores).numpy() for part in (self.seen, self.validation))
        by_cosine = best_accuracy(cosines, alike)
        return Told(
            loss=self._loss(loss, head, *seen),
            accuracy=_head_accuracy(head, *seen, alike) if loss == "softmax" else by_cosine,
            cosine_accuracy=by_cosine,
            training_spearman=spearman(cosines, self.seen.scores.numpy()),
            spearman=spearman(others, self.validation.scores.numpy()),
            points=self.map.places(normalize(self._of(vectors, self.drawn), dim=1).numpy()),
            histogram=histograms(others, others_alike),
        )

    def _loss(self, loss: Loss, head: nn.Module, u: Tensor, v: Tensor) -> float:
        """Of the seen pairs, the mean over batches."""
        batches = zip(*(torch.split(each, self._batch) for each in (u, v, self.seen.scores)), strict=True)
        of_batches = [objective(loss, head, first, second, scores, self._settings) for first, second, scores in batches]
        return float(torch.stack(of_batches).mean())

    def _sides(self, vectors: Tensor, pairs: Pairs) -> tuple[Tensor, Tensor]:
        u, v = self._of(vectors, pairs.rows).unbind(1)
        return u, v

    def _of(self, vectors: Tensor, rows: Tensor) -> Tensor:
        """The vectors of these sentences."""
        return vectors[torch.searchsorted(self._rows, rows)]


def _head_accuracy(head: nn.Module, u: Tensor, v: Tensor, alike: npt.NDArray[np.bool_]) -> float:
    decided = head(u, v).argmax(1).bool().numpy()
    return float((decided == alike).mean())
