"""Vectors on a plane: principal components at once, and t-SNE from there in pieces, so that it can be watched."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

PIECE = 250  # iterations of t-SNE at a time, scikit-learn's least
PIECES = 4
LOOK = 0.1  # seconds between two looks at a piece under way
EXACT = 300  # texts up to which t-SNE compares every two
START = 1e-4  # standard deviation of t-SNE's first coordinate at the start, as scikit-learn's own start has it


def principal_components(vectors: Floats) -> tuple[Floats, Floats]:
    """The two main coordinates (N, 2) of vectors (N, D), and the shares (2,) of the variance that they hold.

    Of the two directions of an axis, the one in which the coordinate furthest from the middle is positive.
    """
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    variances, axes = np.linalg.eigh(centred.T @ centred)
    points = centred @ axes[:, :-3:-1]
    furthest = points[np.abs(points).argmax(axis=0), [0, 1]]
    points *= np.where(furthest < 0, -1.0, 1.0)
    shares = variances[:-3:-1] / max(variances.sum(), np.finfo(np.float64).tiny)
    return points.astype(np.float32), shares.astype(np.float32)


def t_sne(vectors: Floats, points: Floats, perplexity: float, seed: int) -> Iterator[Floats | None]:
    """Points (N, 2) after each piece of scikit-learn's t-SNE, begun at `points`; None while a piece is under way.

    A quarter of the iterations are exaggerated. One thread computes, so that the sums keep their order; it outlives
    a caller who no longer asks by one piece at most. Points without any spread are given back as they are.
    """
    spread = float(points[:, 0].std())
    if spread == 0.0 or len(vectors) < 4:
        yield points
        return
    points = points * (START / spread)
    worker = ThreadPoolExecutor(1, "t-sne")
    try:
        for piece in range(PIECES):
            exaggeration = 12.0 if piece == 0 else 1.0
            future = worker.submit(_piece, vectors, points, perplexity, exaggeration, seed)
            yield from _waiting(future)
            points = future.result()
            yield points
    finally:
        worker.shutdown(wait=False, cancel_futures=True)


def _waiting(future: Future[Floats]) -> Iterator[None]:
    while not future.done():
        try:
            future.result(LOOK)
        except TimeoutError:
            yield None


def _piece(vectors: Floats, points: Floats, perplexity: float, exaggeration: float, seed: int) -> Floats:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    model: Any = TSNE(
        init=points,
        max_iter=PIECE,
        perplexity=min(perplexity, (len(vectors) - 1) / 3),
        early_exaggeration=exaggeration,
        method="exact" if len(vectors) <= EXACT else "barnes_hut",
        random_state=seed,
        metric="cosine",
    )
    with threadpool_limits(1, user_api="openmp"):
        placed: Floats = model.fit_transform(vectors).astype(np.float32)
    return placed
