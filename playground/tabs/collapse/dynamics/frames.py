"""What the two flows report: a start, then one frame for each moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Frame

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Plane(Frame):
    """The flow of two numbers over the plane; of every pair the first is with stop-gradient, the second without.

    window = (lowest phi, highest phi, lowest theta, highest theta). Arrows begin at arrows_from (N, 2) and reach to
    arrows_to (2, N, 2). The invariant (2, rows, columns) is given on the grid of grid_phi (columns,) and
    grid_theta (rows,), start_invariant (2,) at the start; ends (2, 2) are the exact end points (phi, theta).
    """

    window: Floats
    arrows_from: Floats
    arrows_to: Floats
    grid_phi: Floats
    grid_theta: Floats
    invariant: Floats
    start_invariant: Floats
    ends: Floats


@dataclass(frozen=True)
class Point(Frame):
    """Where the two flows are at a time: points (2, 2) of (phi, theta), loss (2,), and how far the invariant
    has drifted (2,), which only the integration's error makes it do.
    """

    time: float
    points: Floats
    loss: Floats
    drift: Floats


@dataclass(frozen=True)
class Spectrum(Frame):
    """The d modes of the linear networks at a time.

    s (d,) are eigenvalues of F, p (d,) the predictor's, angles (d,) in degrees or nan, mode_growth (d,) half the
    relative growth of s. tau is how large the target is, norm that of the encoder W. fixed_p, fixed_s and fixed_slope
    (K,) are the fixed points of one mode, collapse first: negative slopes are stable. At the largest weight decay
    the useful one goes. growth_p and growth (M,) is the growth as a curve; curve_s and curve_p (M,) the one that modes
    come to lie on, or empty.
    """

    time: float
    s: Floats
    p: Floats
    angles: Floats
    mode_growth: Floats
    tau: float
    norm: float
    loss: float
    commutator: float
    largest_weight_decay: float
    fixed_p: Floats
    fixed_s: Floats
    fixed_slope: Floats
    growth_p: Floats
    growth: Floats
    curve_s: Floats
    curve_p: Floats
