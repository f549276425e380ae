"""The Fréchet distance between two sets of features, each taken for a normal distribution.

Dowson and Landau 1982 (squared 2-Wasserstein distance of normals); on features of a classifier: Heusel et al. 2017,
arXiv 1706.08500.
"""

from __future__ import annotations

import torch
from torch import Tensor


def frechet_distance(first: Tensor, second: Tensor) -> float:
    """|m1 - m2|² + tr(C1 + C2 - 2 (C1 C2)^½) of features (N, D) and (M, D), in float64, never below 0.

    It is biased upwards, the more the fewer the rows: compare only distances of the same N and M. Singular
    covariances (constant features, fewer rows than columns) are no exception.

    Raises:
        ValueError: fewer than two rows, or different numbers of columns.
    """
    if min(len(first), len(second)) < 2 or first.shape[1] != second.shape[1]:
        raise ValueError("Give two sets of at least two rows each, with the same number of features.")
    first, second = first.double(), second.double()
    return frechet_distance_of_normals(first.mean(0), _covariance(first), second.mean(0), _covariance(second))


def frechet_distance_of_normals(mean1: Tensor, covariance1: Tensor, mean2: Tensor, covariance2: Tensor) -> float:
    """The same of means (D,) and covariances (D, D).

    C1 C2 has the eigenvalues of the symmetric C1^½ C2 C1^½, whose square roots make the trace.
    """
    values, vectors = torch.linalg.eigh(covariance1)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    trace = torch.linalg.eigvalsh(root @ covariance2 @ root).clamp(min=0).sqrt().sum()
    distance = (mean1 - mean2).square().sum() + covariance1.trace() + covariance2.trace() - 2 * trace
    return max(0.0, float(distance))


def _covariance(rows: Tensor) -> Tensor:
    centred = rows - rows.mean(0)
    return centred.T @ centred / (len(rows) - 1)
