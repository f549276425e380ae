"""A live training: one autoencoder for each treatment, from the same first weights, on the same batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from torch import Tensor

from models.nets.autoencoder import Autoencoder, AutoencoderConfig, Settings, objective
from models.nets.picture_features import PictureFeatures
from playground.runtime.contracts import Frame, State
from playground.runtime.live_training import step_generator
from playground.runtime.module_arrays import Arrays, arrays_of, restore
from playground.tabs.sampling.autoencoders.frames import AutoencodersFailure, AutoencodersFrame
from playground.tabs.sampling.autoencoders.measuring import Measuring, Told
from playground.tabs.sampling.autoencoders.request import AutoencodersRequest, Treatment
from playground.tabs.sampling.data import PictureData

MLP_WIDTHS, CONV_WIDTHS = (256, 256), (32, 64)
TOLD = tuple(field.name for field in fields(Told))
BATCH_NOISE = 1  # what is drawn from seed and step beside the batch


@dataclass
class Member:
    """One autoencoder in training, with the loss of its last batch."""

    model: Autoencoder
    optimiser: torch.optim.Optimizer
    loss: float = float("nan")


class Training:
    """All treatments of a request after `step` steps. Goes on from a State if there is one.

    They are trained on the CPU, which is as fast for so little; `device` is where the features' network is.
    Batches, noise and first weights are drawn from seed and step alone, so no treatment acts on another.
    """

    def __init__(
        self,
        request: AutoencodersRequest,
        data: PictureData,
        features: PictureFeatures,
        resume: State | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        self.request, self.data = request, data
        self.step = resume.step if resume else 0
        self.failure: AutoencodersFailure | None = None
        self.measuring = Measuring(data, features, request.seed, request.latents, device)
        self._settings = Settings(request.entropy_weight, request.neighbours, request.kl_weight, request.mmd_weight)
        self.members = [self._member(treatment) for treatment in request.treatments]
        if resume:
            for treatment, member in zip(request.treatments, self.members, strict=True):
                restore(resume.arrays, member.model, member.optimiser, prefix=f"{treatment}.")
            for member, loss in zip(self.members, resume.arrays["losses"].tolist(), strict=True):
                member.loss = loss

    def advance(self) -> bool:
        """One step of all; False, and `failure` tells why, where one cannot take it: then none does."""
        batch = self.batch()
        losses = [self._learn(member, batch) for member in self.members]
        finite = np.isfinite(losses).tolist()
        if not all(finite):
            first = self.request.treatments[finite.index(False)]
            self.failure = AutoencodersFailure(self._done(), self.step, first)
            return False
        for member, loss in zip(self.members, losses, strict=True):
            member.optimiser.step()
            member.loss = loss
        self.step += 1
        return True

    def batch(self) -> Tensor:
        """This step's pictures (B, C, H, W)."""
        order = torch.randperm(len(self.data.train), generator=step_generator(self.request.seed, self.step))
        return self.data.train[order[: self.request.batch]]

    def measured(self) -> Iterator[Frame]:
        """A picture of all as they are, with an empty frame before each but the first that is measured."""
        told: list[Told] = []
        for member in self.members:
            if told:
                yield Frame(self._done())
            member.model.eval()
            told.append(self.measuring.tell(member.model))
            member.model.train()
        yield self._frame(told)

    def measure(self) -> Frame:
        """The picture alone."""
        *_, picture = self.measured()
        return picture

    def state(self) -> State:
        """Where the training is, to go on from."""
        arrays: Arrays = {"losses": np.array([member.loss for member in self.members])}
        for treatment, member in zip(self.request.treatments, self.members, strict=True):
            arrays |= arrays_of(member.model, member.optimiser, prefix=f"{treatment}.")
        return State(self.step, arrays)

    def _member(self, treatment: Treatment) -> Member:
        channels, side, _ = self.data.shape
        body = self.request.body
        widths = MLP_WIDTHS if body == "mlp" else CONV_WIDTHS
        config = AutoencoderConfig(treatment, body, channels, side, self.request.latents, widths)
        model = Autoencoder(config, self.request.seed)
        return Member(model, torch.optim.Adam(model.parameters(), self.request.learning_rate, fused=True))

    def _learn(self, member: Member, batch: Tensor) -> float:
        """The loss of the batch, after its gradients were taken."""
        member.optimiser.zero_grad()
        noise = step_generator(self.request.seed, self.step, BATCH_NOISE)
        with torch.enable_grad():
            loss = objective(member.model, batch, noise, self._settings)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item()

    def _done(self) -> float:
        return self.step / max(1, self.request.steps)

    def _frame(self, told: list[Told]) -> AutoencodersFrame:
        columns: dict[str, Any] = {name: np.stack([np.asarray(getattr(each, name)) for each in told]) for name in TOLD}
        columns |= {name: columns[name].astype(np.float32) for name in ("reconstruction", "gap", "frechet")}
        losses = np.array([member.loss for member in self.members], dtype=np.float32)
        return AutoencodersFrame(self._done(), self.step, losses, **columns)
