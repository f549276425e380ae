"""The decoupled modes of linear SimSiam: an eigenvalue p of the predictor and s of F = W X W^T, once they share
their eigenvectors (Tian, Chen, Ganguli, ICML 2021, 2102.06810).

    p' = alpha_p s (tau - (1 + sigma^2) p) - eta p
    s' = 2 s growth(p),    growth(p) = p (tau - (1 + sigma^2) p) - eta

Hence s - p^2 / alpha_p decays as exp(-2 eta t), and on the curve alpha_p s = p^2 that is left, p' = p growth(p).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from playground.tabs.collapse.dynamics.linear import Setting
from playground.tabs.collapse.dynamics.runge_kutta import Floats


@dataclass(frozen=True)
class FixedPoint:
    """Eigenvalues p and s at which a mode may rest; the slope of its flow there is negative where it is stable."""

    p: float
    s: float
    slope: float


def growth(p: Floats, setting: Setting, tau: float = 1.0) -> Floats:
    """Half the relative growth s'/s of a mode at p; tau is how large the target is, W_a = tau W."""
    spread = 1 + setting.variance
    rate = p * (tau - spread * p) - setting.weight_decay
    if not setting.stop_gradient:
        rate = rate + p - spread
    return np.asarray(rate)


def largest_weight_decay(setting: Setting, tau: float = 1.0) -> float:
    """The weight decay below which the useful fixed point exists: tau^2 / (4 (1 + sigma^2))."""
    return tau**2 / (4 * (1 + setting.variance))


def fixed_points(setting: Setting, tau: float = 1.0, largest: float = 0.0) -> list[FixedPoint]:
    """Collapse first, then where they exist the unstable and the useful one.

    At the collapsed one s = 0, with p = 0 or, under DirectPred, epsilon times the `largest` eigenvalue of F;
    without a predictor p is 1. Without one, or without stop-gradient, there is no other. Without weight decay the
    unstable one lies at zero.
    """
    resting = {"learnt": 0.0, "directpred": setting.epsilon * largest, "none": 1.0}[setting.predictor]
    collapse = FixedPoint(resting, 0.0, float(growth(np.array(resting), setting, tau)))
    spread = 1 + setting.variance
    room = tau**2 - 4 * spread * setting.weight_decay
    if setting.predictor == "none" or not setting.stop_gradient or room <= 0:
        return [collapse]
    useful = (tau + math.sqrt(room)) / (2 * spread)
    unstable = setting.weight_decay / (spread * useful)  # by the product of the roots, without cancellation
    return [collapse, *(_fixed_point(p, setting, tau, largest) for p in (unstable, useful))]


def _fixed_point(p: float, setting: Setting, tau: float, largest: float) -> FixedPoint:
    """The point at a root p of growth; its slope is that of p growth(p), with the sign of what DirectPred's has."""
    slope = p * (tau - 2 * (1 + setting.variance) * p)
    if setting.predictor == "directpred":
        return FixedPoint(p, max(0.0, p - setting.epsilon * largest) ** 2, slope)
    return FixedPoint(p, p**2 / setting.predictor_rate, slope)


def resting_curve(s: Floats, setting: Setting, largest: float) -> Floats | None:
    """The curve p(s) that the modes come to lie on; None where none is known (no stop-gradient)."""
    if setting.predictor == "none":
        return np.ones_like(s)
    if setting.predictor == "directpred":
        return np.asarray(np.sqrt(s) + setting.epsilon * largest)
    return np.asarray(np.sqrt(setting.predictor_rate * s)) if setting.stop_gradient else None
