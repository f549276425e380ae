"""The modes of linear SimSiam while they are still mixed: eigenvalues of F = W X W^T and what W_p does to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.tabs.collapse.dynamics.linear import Networks, Setting, predictor_of
from playground.tabs.collapse.dynamics.runge_kutta import Floats

SMALLEST = 1e-300  # a length that is still divided by
GONE = 1e-6  # an eigenvalue whose mode's direction is only the integration's error


@dataclass(frozen=True)
class Modes:
    """d modes: eigenvectors v_j of F as columns (d, d), eigenvalues s (d,), and of the predictor p and angles (d,).

    p_j = v_j^T W_p v_j is an eigenvalue of W_p as soon as v_j is its eigenvector, which the angle between v_j and
    W_p v_j (in degrees, 0 to 90; nan once the mode is gone) measures.
    """

    vectors: Floats
    s: Floats
    p: Floats
    angles: Floats


def modes(networks: Networks, setting: Setting, before: Modes | None = None) -> Modes:
    """The modes by falling eigenvalue, or in the order of those `before` that they overlap most."""
    s, vectors = np.linalg.eigh(networks.encoder @ networks.encoder.T)
    s, vectors = np.maximum(s[::-1], 0.0), vectors[:, ::-1]
    if before is not None:
        order = _follow(np.abs(before.vectors.T @ vectors))
        s, vectors = s[order], vectors[:, order]
    predicted = predictor_of(networks, setting) @ vectors
    p = (vectors * predicted).sum(axis=0)
    across = np.linalg.norm(predicted - vectors * p, axis=0)  # what W_p turns out of the mode
    angles = np.degrees(np.arctan2(across, np.maximum(np.abs(p), SMALLEST)))
    return Modes(vectors, s, p, np.where(s >= GONE, angles, np.nan))


def _follow(overlap: Floats) -> list[int]:
    """For each row its column, the largest overlaps first; overlap (d, d)."""
    left, order = overlap.copy(), [0] * len(overlap)
    for _ in order:
        row, column = np.unravel_index(int(left.argmax()), left.shape)
        order[int(row)] = int(column)
        left[row, :] = left[:, column] = -1.0
    return order


def commutator(networks: Networks, setting: Setting) -> float:
    """The norm of F W_p - W_p F over those of F and W_p: zero where they share their eigenvectors."""
    features, predictor = networks.encoder @ networks.encoder.T, predictor_of(networks, setting)
    size = np.linalg.norm(features) * np.linalg.norm(predictor)
    return float(np.linalg.norm(features @ predictor - predictor @ features) / max(float(size), SMALLEST))
