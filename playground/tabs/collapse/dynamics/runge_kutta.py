"""Adaptive integration of y' = f(y): the pair of order 5 and 4 by Dormand and Prince.

J. R. Dormand, P. J. Prince: A family of embedded Runge-Kutta formulae. J. Comp. Appl. Math. 6, 1980.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Derivative = Callable[[Floats], Floats]

STAGES = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),  # also the step of order 5
)
ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)  # order 5 less order 4
TOLERANCE = 1e-9
FIRST_STEP = 1e-3
SAFETY = 0.9
SLOWEST, FASTEST = 0.2, 5.0  # bounds on the change of the step


def solve(derivative: Derivative, start: Floats, times: Floats, tolerance: float = TOLERANCE) -> Iterator[Floats]:
    """The solution at each of the rising `times` (the first is that of `start`), in arrays like `start`.

    Every step's estimated error stays below `tolerance`, relative to the state or to one.
    """
    y, slope, step, now = start.copy(), derivative(start), FIRST_STEP, float(times[0])
    yield y
    for until in times[1:].tolist():
        while now < until:
            length = min(step, until - now)
            ahead, slope_ahead, error = _step(derivative, y, slope, length)
            ratio = float(np.max(np.abs(error) / np.maximum(1.0, np.abs(ahead)))) / tolerance
            if ratio <= 1:
                y, slope = ahead, slope_ahead
                now = until if length == until - now else now + length
            grown = length * min(FASTEST, max(SLOWEST, SAFETY * max(ratio, 1e-12) ** -0.2))
            step = grown if ratio > 1 or length == step else max(step, grown)
        yield y


def _step(derivative: Derivative, y: Floats, slope: Floats, length: float) -> tuple[Floats, Floats, Floats]:
    """The state ahead, its slope (the next step's first stage), and the error's estimate."""
    slopes = [slope]
    ahead = y
    for weights in STAGES:
        ahead = y + length * _sum(weights, slopes)
        slopes.append(derivative(ahead))
    return ahead, slopes[-1], length * _sum(ERROR, slopes)


def _sum(weights: tuple[float, ...], slopes: list[Floats]) -> Floats:
    total = weights[0] * slopes[0]
    for weight, slope in zip(weights[1:], slopes[1:], strict=True):
        if weight:
            total = total + weight * slope
    return total
