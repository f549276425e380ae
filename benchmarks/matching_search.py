"""Exact search over vectors at hand: 20 answers out of 100,000, against scikit-learn's brute-force neighbours.

    python -m benchmarks.matching_search [--texts 100000] [--dimension 384] [--rounds 5]

One thread, processor time, rounds in turn and the quickest of each; both must find the same. The bar is 50 ms.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from playground.tabs.matching.nearest import search

BAR = 0.05  # seconds
ANSWERS = 20


def seconds(work: Callable[[], object]) -> float:
    """Processor time."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> None:
    """Print both times, and whether both find the same."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    vectors = np.random.default_rng(0).standard_normal((options.texts, options.dimension), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    query = vectors[7]
    other = NearestNeighbors(n_neighbors=ANSWERS, algorithm="brute", metric="cosine").fit(vectors)
    with threadpool_limits(1):
        ours = [seconds(lambda: search(vectors, query, ANSWERS)) for _ in range(options.rounds)]
        theirs = [seconds(lambda: other.kneighbors(query[None])) for _ in range(options.rounds)]
        same = set(search(vectors, query, ANSWERS)[0].tolist()) == set(other.kneighbors(query[None])[1][0].tolist())
    print(f"{options.texts:,} vectors of {options.dimension}: {1000 * min(ours):.1f} ms, bar {1000 * BAR:.0f} ms")
    print(
        f"scikit-learn {1000 * min(theirs):.1f} ms, {min(theirs) / min(ours):.1f} times as long; same answers: {same}"
    )


if __name__ == "__main__":
    main()
