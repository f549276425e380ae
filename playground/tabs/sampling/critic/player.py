"""One critic, the way it is kept admissible, and, if asked for, the generator that follows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from playground.runtime.module_arrays import Arrays, arrays_of, restore
from playground.tabs.sampling.critic import duals, lipschitz
from playground.tabs.sampling.critic.networks import Perceptron
from playground.tabs.sampling.critic.request import CriticRequest, Method

NOISE = 8  # dimensions of a generator's input
BETAS = (0.0, 0.9)  # of Adam, as in Gulrajani and others 2017
SMALL = 0.3  # how much smaller a generator's last weights are, so that it starts amid the data
FIRST_ITERATIONS = 30  # of the singular vectors before the first step; then one a step


class Player:
    """A critic and its generator after some steps. All players of a request start from the same weights."""

    def __init__(self, method: Method, request: CriticRequest, dimension: int) -> None:
        self.method, self._request = method, request
        draw, width = Generator().manual_seed(request.seed), request.width
        self.critic = Perceptron((dimension, width, width, 1), draw)
        sizes = (NOISE, width, width, dimension)
        self.generator = Perceptron(sizes, draw, SMALL) if request.generator else None
        self._left = [
            lipschitz.iterated(weight, torch.randn(len(weight), generator=draw), FIRST_ITERATIONS)[0]
            for weight in self.critic.weights
        ]
        if method == "clipping":
            lipschitz.clip(self.critic.parameters(), request.clip)
        self._optimizers = {
            name: torch.optim.Adam(network.parameters(), lr=request.learning_rate, betas=BETAS, fused=True)
            for name, network in self._networks().items()
        }

    def fakes(self, noise: Tensor) -> Tensor:
        """What the generator makes of noise (N, 8); without one, the noise (N, D) is the fake."""
        return noise if self.generator is None else self.generator(noise)

    def learn(self, real: Tensor, noise: Tensor, shares: Tensor) -> bool:
        """One step of the critic, False where its loss is no number; `shares` (N, 1) place the gradient penalty."""
        with torch.no_grad():
            fake = self.fakes(noise)
        weights = self._moving_weights()
        loss = -self._dual(real, fake, weights)
        if self.method == "penalty":
            gradients = self.critic.input_gradients(lipschitz.between(real, fake, shares), weights)
            loss = loss + self._request.penalty * lipschitz.gradient_penalty(gradients)
        learnt = self._descend("critic", loss)
        if self.method == "clipping":
            lipschitz.clip(self.critic.parameters(), self._request.clip)
        return learnt

    def follow(self, real: Tensor, noise: Tensor) -> bool:
        """One step of the generator down the critic's estimate; False where that is no number."""
        with torch.no_grad():
            weights = self._exact_weights()
        return self._descend("generator", self._dual(real, self.fakes(noise), weights))

    @torch.no_grad()
    def estimate(self, real: Tensor, fake: Tensor) -> float:
        """The dual value of two batches (N, D)."""
        return float(self._dual(real, fake, self._exact_weights()))

    @torch.no_grad()
    def gradient_norms(self, points: Tensor) -> Tensor:
        """How steep the critic is at points (N, D): (N,)."""
        gradients = self.critic.input_gradients(points, self._exact_weights())
        norms: Tensor = torch.linalg.vector_norm(gradients, dim=1)
        return norms

    @torch.no_grad()
    def values(self, points: Tensor) -> Tensor:
        """What the critic says of points (N, D): (N,)."""
        values: Tensor = self.critic(points, self._exact_weights())
        return values[:, 0]

    @torch.no_grad()
    def steepness_bound(self) -> float:
        """No gradient of the critic is longer than this anywhere."""
        return lipschitz.steepness_bound(self._exact_weights())

    def state(self) -> Arrays:
        """All that learns, as arrays by name."""
        arrays = {f"left.{place}": left.numpy().copy() for place, left in enumerate(self._left)}
        for name, network in self._networks().items():
            arrays |= arrays_of(network, self._optimizers[name], prefix=f"{name}.")
        return arrays

    def restore(self, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
        """Go on from what `state` gave."""
        self._left = [torch.tensor(arrays[f"left.{place}"]) for place in range(len(self._left))]
        for name, network in self._networks().items():
            restore(arrays, network, self._optimizers[name], prefix=f"{name}.")

    def _networks(self) -> dict[str, Perceptron]:
        return {"critic": self.critic} | ({} if self.generator is None else {"generator": self.generator})

    def _dual(self, real: Tensor, fake: Tensor, weights: Sequence[Tensor]) -> Tensor:
        on_real = self.critic(real, weights)[:, 0]
        if self.method == "c-transform":
            return duals.transformed_dual(on_real, torch.cdist(real, fake))
        if self.method == "soft-c-transform":
            return duals.softly_transformed_dual(on_real, torch.cdist(real, fake), self._request.epsilon)
        return duals.difference(on_real, self.critic(fake, weights)[:, 0])

    def _moving_weights(self) -> list[Tensor]:
        """The critic's weights as they act while it learns: spectral norms lag behind by a step."""
        weights = list(self.critic.weights)
        if self.method != "spectral":
            return weights
        pairs = [lipschitz.iterated(weight, left) for weight, left in zip(weights, self._left, strict=True)]
        self._left = [left for left, _ in pairs]
        return [lipschitz.over_norm(weight, *pair) for weight, pair in zip(weights, pairs, strict=True)]

    def _exact_weights(self) -> list[Tensor]:
        """The critic's weights as they act for everybody else."""
        weights = list(self.critic.weights)
        return [lipschitz.normalized(weight) for weight in weights] if self.method == "spectral" else weights

    def _descend(self, name: str, loss: Tensor) -> bool:
        if not torch.isfinite(loss):
            return False
        optimizer = self._optimizers[name]
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        return True
