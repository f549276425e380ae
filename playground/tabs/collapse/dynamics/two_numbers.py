"""Su Jianlin's network of two numbers: an encoder theta, a predictor phi, and the loss (phi theta - theta)^2 / 2.

Su Jianlin, 2020, https://kexue.fm/archives/7980. The end points for all starts and rates are derived in the notes.
A point is an array (phi, theta).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from playground.tabs.collapse.dynamics.runge_kutta import Floats


@dataclass(frozen=True)
class Toy:
    """The gradient flow with a rate for each number; with stop-gradient the target theta is a constant."""

    stop_gradient: bool
    phi_rate: float = 1.0
    theta_rate: float = 1.0

    def flow(self, phi: Floats, theta: Floats) -> tuple[Floats, Floats]:
        """The derivatives in time at points of any shape."""
        path = phi if self.stop_gradient else phi - 1  # how theta enters the error (phi - 1) theta
        return -self.phi_rate * theta**2 * (phi - 1), -self.theta_rate * theta * (phi - 1) * path

    def invariant(self, phi: Floats, theta: Floats) -> Floats:
        """What the flow conserves: theta^2 - r phi^2, without stop-gradient theta^2 - r (1 - phi)^2.

        r is the rate of theta over that of phi.
        """
        path = phi if self.stop_gradient else phi - 1
        return np.asarray(theta**2 - self.theta_rate / self.phi_rate * path**2)

    def end(self, phi: float, theta: float) -> tuple[float, float]:
        """Where the flow from a point comes to rest, as phi and theta.

        phi moves towards 1 and theta keeps its sign, on a level curve of the invariant. The flow ends at phi = 1
        unless the curve meets theta = 0 before.
        """
        origin = 0.0 if self.stop_gradient else 1.0  # where the curve comes closest to theta = 0
        ratio, distance = self.theta_rate / self.phi_rate, phi - origin
        lowest = theta**2 - ratio * (distance**2 - _closest(phi, origin) ** 2)
        if lowest > 0:
            squared = theta**2 - ratio * (distance**2 - (1 - origin) ** 2)
            return 1.0, math.copysign(math.sqrt(max(squared, 0.0)), theta)
        return origin + math.copysign(math.sqrt(max(distance**2 - theta**2 / ratio, 0.0)), distance), 0.0


def loss(phi: Floats, theta: Floats) -> Floats:
    """Half the square of phi theta - theta."""
    return np.asarray((phi * theta - theta) ** 2 / 2)


def _closest(phi: float, origin: float) -> float:
    """The least distance from the origin on the way from phi to 1."""
    low, high = sorted((phi, 1.0))
    return abs(min(max(origin, low), high) - origin)
