"""A live training: one encoder for each loss, from the same start, on the same batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from playground.runtime.contracts import Frame, State
from playground.runtime.live_training import step_generator
from playground.runtime.module_arrays import Arrays, arrays_of, restore
from playground.tabs.matching.train.data import Pairs, TrainingSet
from playground.tabs.matching.train.frames import TrainFailure, TrainFrame
from playground.tabs.matching.train.losses import Settings, head_of, objective
from playground.tabs.matching.train.measuring import Measuring, Told
from playground.tabs.matching.train.request import Loss, MatchingTrainRequest

MEASURED = {"map": (1000, 500), "lora": (96, 96)}  # pairs of the training and of the validation part
TOLD = tuple(field.name for field in fields(Told))


@dataclass
class Member:
    """An encoder in training by one loss, with what the loss trains beside it."""

    loss: Loss
    encoder: Any  # a Trained
    head: nn.Module
    optimiser: torch.optim.Optimizer

    def parts(self) -> nn.ModuleList:
        """All that is trained."""
        return nn.ModuleList([self.encoder, self.head])


class Training:
    """All losses of a request after `step` steps. Goes on from a State if there is one.

    `encoder` makes what is trained, the same each time. Batches and first weights are drawn from seed and step alone,
    so no loss acts on another.
    """

    def __init__(
        self,
        request: MatchingTrainRequest,
        data: TrainingSet,
        encoder: Callable[[], Any],
        resume: State | None = None,
    ) -> None:
        self.request, self.data = request, data
        self.step = resume.step if resume else 0
        self.failure: TrainFailure | None = None
        self._settings = Settings.of(request)
        self.measuring = Measuring(data, self._settings, request.pairs_a_step(), *MEASURED[request.trained])
        self.members = [self._member(loss, encoder()) for loss in request.losses]
        self._pairs, self._learnt = self.batch(), 0  # this step's, and how many members have their gradient of them
        if resume:
            for member in self.members:
                restore(resume.arrays, member.parts(), member.optimiser, prefix=f"{member.loss}.")

    def advance(self) -> bool:
        """The gradient of one loss; with that of the last one, a step of all.

        False, and `failure` tells why, where a loss is no number: then none takes the step.
        """
        member = self.members[self._learnt]
        if not np.isfinite(self._learn(member)):
            self.failure = TrainFailure(self._done(), self.step, member.loss)
            return False
        self._learnt += 1
        if self._learnt == len(self.members):
            for each in self.members:
                each.optimiser.step()
            self.step += 1
            self._pairs, self._learnt = self.batch(), 0
        return True

    def batch(self) -> Pairs:
        """This step's pairs: every pair once, then all in another order."""
        size, count = self.request.pairs_a_step(), len(self.data.train)
        epoch, place = divmod(self.step, count // size)
        order = torch.randperm(count, generator=step_generator(self.request.seed, epoch))
        return self.data.train.at(order[place * size : (place + 1) * size])

    def measured(self) -> Iterator[Frame]:
        """A picture of all as they are, with empty frames before what takes more than a moment."""
        told: list[Told] = []
        for member in self.members:
            for each in self.measuring.tell(member.loss, member.encoder, member.head):
                if each is None:
                    yield Frame(self._done())
                else:
                    told.append(each)
        yield self._frame(told)

    def measure(self) -> Frame:
        """The picture alone."""
        *_, picture = self.measured()
        return picture

    def state(self) -> State:
        """Where the training is, to go on from; a step of which some gradients are there begins anew."""
        arrays: Arrays = {}
        for member in self.members:
            arrays |= arrays_of(member.parts(), member.optimiser, prefix=f"{member.loss}.")
        return State(self.step, arrays)

    def _member(self, loss: Loss, encoder: Any) -> Member:
        head = head_of(loss, encoder.dimension, self.request.seed)
        parameters = [*encoder.parameters(), *head.parameters()]
        return Member(loss, encoder, head, torch.optim.Adam(parameters, self.request.learning_rate, fused=True))

    def _learn(self, member: Member) -> float:
        """The loss of the batch, after its gradients were taken."""
        member.optimiser.zero_grad()
        pairs = self._pairs
        with torch.enable_grad():
            u, v = member.encoder(pairs.rows.T.flatten()).chunk(2)
            loss: Tensor = objective(member.loss, member.head, u, v, pairs.scores, self._settings)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item()

    def _done(self) -> float:
        return self.step / max(1, self.request.steps)

    def _frame(self, told: list[Told]) -> TrainFrame:
        columns: dict[str, Any] = {name: np.stack([np.asarray(getattr(each, name)) for each in told]) for name in TOLD}
        numbers = {name: column.astype(np.float32) for name, column in columns.items() if column.ndim == 1}
        return TrainFrame(self._done(), self.step, **(columns | numbers))
