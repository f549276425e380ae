"""The plane of two numbers that the flows are drawn on: its window, arrows and invariants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.tabs.collapse.dynamics.frames import Plane
from playground.tabs.collapse.dynamics.runge_kutta import Floats
from playground.tabs.collapse.dynamics.two_numbers import Toy

MARGIN = 0.3
COLUMNS, ROWS = 15, 13  # of arrows
FINE = 2  # points of the invariant's grid for each arrow
REACH = 0.55  # of an arrow, in cells
SLOWEST = 1e-12


def plane(toys: Sequence[Toy], phi: float, theta: float) -> Plane:
    """The plane around the flows of the toys that begin at one point."""
    ends = np.array([toy.end(phi, theta) for toy in toys])
    window = _window(np.array([[phi, theta], [0, 0], [1, 0], *ends]))
    grid_phi = np.linspace(window[0], window[1], FINE * COLUMNS)
    grid_theta = np.linspace(window[2], window[3], FINE * ROWS)
    columns, rows = np.meshgrid(grid_phi, grid_theta)  # (rows, columns)
    begin = np.stack([columns[1::FINE, 1::FINE].ravel(), rows[1::FINE, 1::FINE].ravel()], axis=1)
    cell = np.array([window[1] - window[0], window[3] - window[2]]) / (COLUMNS, ROWS)
    return Plane(
        done=0.0,
        window=window,
        arrows_from=begin,
        arrows_to=np.array([begin + _arrows(toy, begin, cell) for toy in toys]),
        grid_phi=grid_phi,
        grid_theta=grid_theta,
        invariant=np.array([toy.invariant(columns, rows) for toy in toys]),
        start_invariant=np.array([toy.invariant(np.array(phi), np.array(theta)) for toy in toys]),
        ends=ends,
    )


def _window(points: Floats) -> Floats:
    """(lowest phi, highest phi, lowest theta, highest theta) around points (N, 2)."""
    (left, low), (right, high) = points.min(axis=0) - MARGIN, points.max(axis=0) + MARGIN
    return np.array([left, right, low, high])


def _arrows(toy: Toy, begin: Floats, cell: Floats) -> Floats:
    """Arrows (N, 2) along the flow that fit their cells, shorter than a point where nothing moves."""
    slope = np.stack(toy.flow(begin[:, 0], begin[:, 1]), axis=1)
    length = np.linalg.norm(slope / cell, axis=1, keepdims=True)
    return np.where(length > SLOWEST, REACH * slope / np.maximum(length, SLOWEST), 0.0)
