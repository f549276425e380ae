"""What outputs z (N, d), one row an input, tell about collapse. Every measure is blind to the outputs' scale.

u is the l2-normalised output (a zero row stays zero), S = 1/N sum (u - mean u)(u - mean u)^T its covariance.
Outputs that are empty or not finite measure nan; so does a measure that does not exist for them.

References: Chen and He, SimSiam (2021), section 4.1; Garrido et al., RankMe (2023), equations 1 and 2;
Wang and Isola, alignment and uniformity (2020), section 4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.tabs.collapse.pairs import Array, Labels, knn_and_uniformity

Given = npt.NDArray[Any]

MOST_EIGENVALUES = 64

_NO_SPREAD = 1e-12  # normalised outputs that differ less are equal up to rounding
_RANK_ME_EPSILON = 1e-7


@dataclass(frozen=True)
class Diagnosis:
    """All measures of one set of outputs; `spectrum` (at most 64,) and `points` (N, 3) as their functions say."""

    std: float
    rank: float
    participation: float
    knn: float
    alignment: float
    uniformity: float
    spectrum: Array
    points: Array


def diagnose(z: Given, labels: Labels | None = None, views: tuple[Given, Given] | None = None) -> Diagnosis:
    """All measures of z (N, d) at once, from one N x N and one d x d matrix of products.

    labels (N,) are for the kNN accuracy, `views` two outputs (M, d) of the same inputs for the alignment.
    """
    rows = _scaled(z)
    unit = _unit(rows)
    centred = _centred(unit)
    values, vectors = _eigen(centred)
    knn, evenness = knn_and_uniformity(centred, labels)
    return Diagnosis(
        std=_std(centred),
        rank=_rank_me(rows),
        participation=_participation(values),
        knn=knn,
        alignment=math.nan if views is None else alignment(*views),
        uniformity=evenness,
        spectrum=_thinned(values),
        points=_points(unit, centred, vectors),
    )


def normalised(z: Given) -> Array:
    """u = z / ||z|| of every row, float64; a row of zeros stays, and where z is not finite all is nan."""
    return _unit(_scaled(z))


def output_std(z: Given) -> float:
    """sqrt(d) / d sum_j std_n u_nj: 0 when collapsed, 1 when spread evenly about 0 (SimSiam, section 4.1)."""
    return _std(_centred(normalised(z)))


def rank_me(z: Given) -> float:
    """exp(-sum p log p), p = s / sum s + 1e-7 with the singular values s of z itself (RankMe, equations 1 and 2)."""
    return _rank_me(_scaled(z))


def participation_ratio(z: Given) -> float:
    """(tr S)^2 / tr S^2: how many equal eigenvalues would spread as much; nan without any spread."""
    return _participation(_eigen(_centred(normalised(z)))[0])


def spectrum(z: Given) -> Array:
    """The d eigenvalues of S, largest first; of more than 64, 64 at equal distances with the first and the last."""
    return _thinned(_eigen(_centred(normalised(z)))[0])


def knn_accuracy(z: Given, labels: Labels) -> float:
    """Share of rows whose label the vote of the 10 other rows of largest cosine gives; of tied classes the first.

    Rows as near as the tenth vote too. Without any spread it is the share of the largest class; nan with less than
    two rows or classes.
    """
    return knn_and_uniformity(_centred(normalised(z)), labels)[0]


def alignment(a: Given, b: Given) -> float:
    """E ||u_a - u_b||^2 over two views (N, d) of the same inputs: 0 when equal (Wang and Isola, equation 1)."""
    apart = normalised(a) - normalised(b)
    return float(np.einsum("nd,nd->", apart, apart)) / len(apart) if apart.size else math.nan


def uniformity(z: Given) -> float:
    """log E exp(-2 ||u_i - u_j||^2) over pairs i < j: 0 when collapsed, about -4 at best (Wang and Isola, eq. 2)."""
    return knn_and_uniformity(_centred(normalised(z)), None)[1]


def components(z: Given) -> Array:
    """Points (N, 3): u itself up to d = 3, filled up with zeros, else its first three principal components.

    A component's sign is the one with which its coordinates, weighted with the cosine of their row's number, have a
    positive sum, so that it neither depends on a rotation of the outputs nor flips when they change a little.
    """
    unit = normalised(z)
    centred = _centred(unit)
    return _points(unit, centred, _eigen(centred)[1])


def _scaled(z: Given) -> Array:
    """z over its largest entry, float64, so that no square overflows; all nan where z is not finite."""
    rows = np.array(z, np.float64)
    largest = float(np.abs(rows).max(initial=0.0))
    if not math.isfinite(largest):
        rows[:] = np.nan
    elif largest > 0:
        rows /= largest
    return rows


def _unit(rows: Array) -> Array:
    length = np.sqrt(np.einsum("nd,nd->n", rows, rows))[:, None]
    return rows / np.where(length > 0, length, 1.0) if rows.size and not math.isnan(rows[0, 0]) else rows


def _centred(unit: Array) -> Array:
    """u less its mean: as far apart as u, but exact where all are nearly equal; exactly zero where they are equal."""
    if not unit.size:
        return unit
    centred: Array = unit - unit.mean(axis=0)
    if np.einsum("nd,nd->", centred, centred) < len(unit) * _NO_SPREAD**2:
        centred[:] = 0.0
    return centred


def _eigen(centred: Array) -> tuple[Array, Array]:
    """Eigenvalues (d,) of S, largest first and zeros for the missing, and the first of its eigenvectors (d, 3 or d)."""
    n, d = centred.shape
    if not n or not np.isfinite(centred).all():
        return np.full(d, np.nan), np.full((d, min(d, 3)), np.nan)
    if d <= n:
        values, vectors = np.linalg.eigh(centred.T @ centred / n)
        return values[::-1].clip(min=0.0), vectors[:, ::-1]
    values, rows = np.linalg.eigh(centred @ centred.T / n)
    vectors = centred.T @ rows[:, ::-1][:, :3]  # (d, 3) if n allows, not yet of length 1
    length = np.linalg.norm(vectors, axis=0)
    padded = np.concatenate([values[::-1].clip(min=0.0), np.zeros(d - n)])
    return padded, vectors / np.where(length > 0, length, 1.0)


def _std(centred: Array) -> float:
    if not centred.size:
        return math.nan
    variances = np.einsum("nd,nd->d", centred, centred) / len(centred)
    return float(np.sqrt(variances).mean()) * math.sqrt(len(variances))


def _rank_me(rows: Array) -> float:
    if not rows.any() or math.isnan(rows[0, 0]):
        return math.nan
    products = rows @ rows.T if rows.shape[0] < rows.shape[1] else rows.T @ rows
    singular = np.sqrt(np.linalg.eigvalsh(products).clip(min=0.0))
    p = singular / singular.sum() + _RANK_ME_EPSILON
    return math.exp(-float(p @ np.log(p)))


def _participation(values: Array) -> float:
    total, squares = float(values.sum()), float(values @ values)
    return total**2 / squares if squares > 0 else math.nan


def _thinned(values: Array) -> Array:
    """At most 64 of the values, evenly chosen."""
    kept = min(len(values), MOST_EIGENVALUES)
    places = np.linspace(0, len(values) - 1, kept).round().astype(np.int64)
    return np.take(values, places)


def _points(unit: Array, centred: Array, vectors: Array) -> Array:
    shown = unit if unit.shape[1] <= 3 else _signed(centred @ vectors[:, :3])
    points: Array = np.zeros((len(shown), 3))
    points[:, : shown.shape[1]] = shown
    return points


def _signed(coordinates: Array) -> Array:
    weighted = np.cos(np.arange(len(coordinates))) @ coordinates
    signed: Array = coordinates * np.where(weighted < 0, -1.0, 1.0)
    return signed
