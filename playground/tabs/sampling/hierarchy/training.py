"""The panel's live training: all variants of a request, step by step, on the same batches and noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from models.losses.kl_balance import group_sizes, warm_up, weighted_kl
from models.losses.spectral import SpectralRegularizer
from models.nets.nvae import Encoding, NVAEConfig
from playground.runtime.contracts import State
from playground.runtime.live_training import step_generator
from playground.runtime.module_arrays import Arrays, arrays_of, restore
from playground.tabs.sampling.data import PictureData
from playground.tabs.sampling.hierarchy.frames import HierarchyFailure, HierarchyFrame, Images
from playground.tabs.sampling.hierarchy.network import build, config_of
from playground.tabs.sampling.hierarchy.request import HierarchyRequest, Variant

PROBE = 64  # held-out pictures on which everything is measured
SHOWN = 8  # of them, reconstructed; twice as many samples
RAMP = 20  # steps until the learning rate is what it is asked to be
CLIP = 20.0
SPECTRAL_EVERY = 4  # steps; each time it counts as often
START, BATCH, NOISE = range(3)  # what random numbers are for


class Training:
    """V variants after `step` steps. Goes on from a State if there is one."""

    def __init__(self, request: HierarchyRequest, data: PictureData, resume: State | None = None) -> None:
        self.request, self.data = request, data
        self.step = resume.step if resume else 0
        self.failure: HierarchyFailure | None = None
        self.config = config_of(request.groups, request.latent_channels, data.shape)
        self.members = [Member(request, variant, self.config) for variant in request.variants()]
        if resume and resume.step:  # at step 0 all is as it was made
            for place, member in enumerate(self.members):
                own = f"{place}."
                member.restore({k.removeprefix(own): a for k, a in resume.arrays.items() if k.startswith(own)})

    def advance(self) -> bool:
        """One step of all variants; False, and `failure` names the variant, where one cannot take it."""
        order = torch.randperm(len(self.data.train), generator=step_generator(self.request.seed, self.step, BATCH))
        pictures = self.data.train[order[: self.request.batch]]
        for place, member in enumerate(self.members):
            if not member.learn(pictures, self.step):
                self.failure = HierarchyFailure(self._done(), self.step, place)
                return False
        for member in self.members:
            member.optimiser.step()
        self.step += 1
        return True

    def measure(self) -> HierarchyFrame:
        """All that is measured of the variants as they are."""
        found = [member.measure(self.data.test[:PROBE]) for member in self.members]
        kl, reconstruction, samples, reconstructions = (np.stack(each) for each in zip(*found, strict=True))
        weights = [member.weight(max(0, self.step - 1)) for member in self.members]
        return HierarchyFrame(
            done=self._done(),
            step=self.step,
            kl=kl,
            reconstruction=reconstruction,
            weight=np.asarray(weights, np.float32),
            samples=samples,
            reconstructions=reconstructions,
        )

    def state(self) -> State:
        """Where the training is, to go on from."""
        own = [(place, member.arrays()) for place, member in enumerate(self.members)]
        return State(self.step, {f"{place}.{name}": array for place, arrays in own for name, array in arrays.items()})

    def _done(self) -> float:
        return self.step / max(1, self.request.steps)


class Member:
    """One variant: its net, its optimiser, and the objective of Vahdat and Kautz 2020 with the variant's weights."""

    def __init__(self, request: HierarchyRequest, variant: Variant, config: NVAEConfig) -> None:
        self.request, self.variant = request, variant
        self.model = build(config, step_generator(request.seed, 0, START))
        self.optimiser = torch.optim.Adamax(self.model.parameters(), lr=request.learning_rate, foreach=True)
        self.regularizer = SpectralRegularizer(self.model, request.seed)
        self.sizes = group_sizes(config.scale_of_groups()) if variant.balancing else None

    def weight(self, step: int) -> float:
        """The KL's weight in the loss of a step."""
        return warm_up(step, self.variant.warm_up, share=1.0) if self.variant.warm_up else 1.0

    def learn(self, pictures: Tensor, step: int) -> bool:
        """The gradient of a step's loss; False if loss or gradient is not a finite number."""
        loss = self.loss(pictures, step) / pictures[0].numel()
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
        for group in self.optimiser.param_groups:
            group["lr"] = self.request.learning_rate * min(1.0, (step + 1) / RAMP)
        return bool(torch.isfinite(norm)) and bool(torch.isfinite(loss))

    def loss(self, pictures: Tensor, step: int) -> Tensor:
        """The negative ELBO in nats a picture, with the KL as it counts at this step, and the regularisation."""
        encoding = self.model(pictures, step_generator(self.request.seed, step, NOISE))
        kl = torch.stack([group.sum((1, 2, 3)) for group in encoding.kl], 1)  # (B, G)
        nats = weighted_kl(kl, self.weight(step), self.sizes) + _reconstruction(encoding, pictures)
        if self.variant.spectral and step % SPECTRAL_EVERY == 0:
            nats = nats + self.variant.spectral * SPECTRAL_EVERY * self.regularizer()
        return nats

    @torch.no_grad()
    def measure(self, pictures: Tensor) -> tuple[Any, ...]:
        """KL (G, C) and reconstruction in nats, samples and reconstructions.

        BatchNorm takes its statistics from these pictures, or from the samples, as in training: a short training has
        no good running ones yet.
        """
        with undisturbed(self.model):
            encoding = self.model(pictures, step_generator(self.request.seed, 0, NOISE))
            samples = self.model.sample(2 * SHOWN, seed=self.request.seed)
        kl = torch.stack([group.sum((2, 3)).mean(0) for group in encoding.kl])
        shown = [samples, encoding.pixels.mean()[:SHOWN]]
        return kl.numpy(), _reconstruction(encoding, pictures).numpy(), *map(to_images, shown)

    def arrays(self) -> Arrays:
        """All that the next step depends on."""
        vectors = {f"singular.{place}": left.numpy().copy() for place, left in enumerate(self.regularizer.vectors)}
        return arrays_of(self.model, self.optimiser) | vectors

    def restore(self, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
        """Go on from what :meth:`arrays` gave."""
        restore(arrays, self.model, self.optimiser)
        places = range(len(self.regularizer.vectors))
        self.regularizer.vectors = [torch.tensor(arrays[f"singular.{place}"]) for place in places]


@contextmanager
def undisturbed(model: nn.Module) -> Iterator[None]:
    """Inside, BatchNorm's running statistics may move; afterwards they are what they were."""
    kept = [buffer.clone() for buffer in model.buffers()]
    yield
    for buffer, before in zip(model.buffers(), kept, strict=True):
        buffer.copy_(before)


def to_images(pictures: Tensor) -> Images:
    """Pictures (N, C, H, W) in [0, 1] as bytes (N, H, W, C)."""
    images: Images = (pictures * 255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    return images


def _reconstruction(encoding: Encoding, pictures: Tensor) -> Tensor:
    """The mean negative log-likelihood in nats a picture."""
    return -encoding.pixels.log_likelihood(pictures).sum((1, 2)).mean()
