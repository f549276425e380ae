"""The critics of a request, step by step, on the same real batches and the same noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from models.losses.frechet import frechet_distance
from models.nets.picture_features import PictureFeatures
from playground.runtime.contracts import State
from playground.runtime.live_training import step_generator
from playground.tabs.sampling.critic.frames import CriticFailure, CriticFrame, CriticStart, Floats
from playground.tabs.sampling.critic.lipschitz import between
from playground.tabs.sampling.critic.names import EDGE
from playground.tabs.sampling.critic.player import NOISE, Player
from playground.tabs.sampling.critic.request import CriticRequest
from playground.tabs.sampling.critic.sources import Source
from playground.tabs.sampling.critic.wasserstein import wasserstein_1

GRID = 41  # points of the landscape in each direction
SHOWN_DIGITS = 24
SIDE = 8  # of a digit
PROBE = 1  # the noise of the held-out fakes is drawn for another purpose than batches


class Training:
    """K critics after `step` steps; goes on from a State if there is one. Batches hang on seed and step alone."""

    def __init__(
        self,
        request: CriticRequest,
        source: Source,
        features: PictureFeatures | None = None,
        resume: State | None = None,
    ) -> None:
        self.request, self.source, self._features = request, source, features
        self.step = 0 if resume is None else resume.step
        self.failure: CriticFailure | None = None
        self.players = [Player(method, request, source.dimension) for method in request.critics]
        self._probe = self._noise(len(source.held_out), step_generator(request.seed, 0, PROBE))
        if resume is not None:
            for player in self.players:
                own = f"{player.method}."
                player.restore({k.removeprefix(own): a for k, a in resume.arrays.items() if k.startswith(own)})

    def advance(self) -> bool:
        """One step of all critics, and every so often one of their generators; False where one cannot take it."""
        real, noise, shares = self.batch()
        moves = self.request.generator and (self.step + 1) % self.request.critic_steps == 0
        for player in self.players:
            if not (player.learn(real, noise, shares) and (not moves or player.follow(real, noise))):
                self.failure = CriticFailure(self._done(), self.step, player.method)
                return False
        self.step += 1
        return True

    def batch(self) -> tuple[Tensor, Tensor, Tensor]:
        """Real points (B, D), noise (B, 8) or (B, D), and shares (B, 1) of the next step."""
        generator, count = step_generator(self.request.seed, self.step), self.request.batch
        real, noise = self.source.draw(count, generator), self._noise(count, generator)
        return real, noise, torch.rand(count, 1, generator=generator)

    def start(self) -> CriticStart:
        """The ground that the critics stand on."""
        held_out, others = self.source.held_out, self.source.others
        return CriticStart(
            done=0.0,
            critics=self.request.critics,
            real=self._shown(held_out),
            reference=_exact(held_out, others),
            spread=_spread(held_out),
            frechet=self._frechet(others),
            count=len(held_out),
        )

    @torch.no_grad()
    def measure(self) -> CriticFrame:
        """All that is measured of the critics as they are."""
        real, noise, shares = self.batch()
        fakes = [player.fakes(noise) for player in self.players]
        probes = [player.fakes(self._probe) for player in self.players]
        norms = [
            player.gradient_norms(between(real, fake, shares)) for player, fake in zip(self.players, fakes, strict=True)
        ]
        held_out = self.source.held_out
        return CriticFrame(
            done=self._done(),
            step=self.step,
            estimate=_floats([player.estimate(real, fake) for player, fake in zip(self.players, fakes, strict=True)]),
            exact=self._each(fakes, lambda fake: _exact(real, fake)),
            gradient=_floats([norm.mean() for norm in norms]),
            steepest=_floats([norm.max() for norm in norms]),
            bound=_floats([player.steepness_bound() for player in self.players]),
            distance=self._each(probes, lambda probe: _exact(held_out, probe)),
            spread=self._each(probes, _spread),
            frechet=self._each(probes, self._frechet),
            fakes=np.stack([self._shown(probe) for probe in probes]),
            landscape=np.stack([self._landscape(player) for player in self.players]),
        )

    def state(self) -> State:
        """Where the training is, to go on from."""
        arrays = {f"{player.method}.{name}": a for player in self.players for name, a in player.state().items()}
        return State(self.step, arrays)

    def _done(self) -> float:
        return self.step / max(1, self.request.steps)

    def _noise(self, count: int, generator: torch.Generator) -> Tensor:
        if self.request.generator:
            return torch.randn(count, NOISE, generator=generator)
        return self.source.normal(count, generator)

    def _each(self, points: Sequence[Tensor], measured: Any) -> Floats:
        """A measure of every player's points, (K,); without generators they are all the same."""
        if not self.request.generator:
            return _floats([measured(points[0])] * len(points))
        return _floats([measured(own) for own in points])

    @torch.no_grad()
    def _frechet(self, points: Tensor) -> float:
        """The Fréchet distance of digits to the held-out ones; nan for points."""
        if self._features is None:
            return float("nan")
        pair = (points, self.source.held_out)
        first, second = (self._features.features(_pictures(each)) for each in pair)
        return frechet_distance(first, second)

    def _shown(self, points: Tensor) -> Any:
        """Points as they are stored to be drawn."""
        if self._features is None:
            return points.numpy().astype(np.float16)
        pictures = _pictures(points[:SHOWN_DIGITS]).permute(0, 2, 3, 1)
        return (255 * pictures).round().to(torch.uint8).numpy()

    def _landscape(self, player: Player) -> Any:
        """The critic on a grid, rows from above; nothing beyond the plane."""
        if self.source.dimension > 2:
            return np.zeros(0, np.float16)
        line = torch.linspace(-EDGE, EDGE, GRID)
        if self.source.dimension == 1:
            return player.values(line[:, None]).numpy().astype(np.float16)
        grid = torch.cartesian_prod(-line, line)[:, [1, 0]]  # (G * G, 2), x and y
        return player.values(grid).reshape(GRID, GRID).numpy().astype(np.float16)


def _pictures(points: Tensor) -> Tensor:
    """Points (N, 64) as pictures (N, 1, 8, 8) in [0, 1]."""
    return points.reshape(-1, 1, SIDE, SIDE).clamp(0, 1)


def _exact(first: Tensor, second: Tensor) -> float:
    return wasserstein_1(first.double().numpy(), second.double().numpy())


def _spread(points: Tensor) -> float:
    """The total variance of points (N, D)."""
    return float(points.var(0).sum())


def _floats(values: Any) -> Floats:
    return np.asarray(values, dtype=np.float32)
