"""Measure how much accuracy the published search for a threshold loses against the exact one.

    python -m playground.tabs.matching.set.record

SETS random sets of 20 to 400 scored pairs from seed 0, half of them alike: cosines around a centre between 0.1 and 0.9,
alike pairs SHIFT above it and the others as much below, with a standard deviation of SPREAD.
"""

from __future__ import annotations

import numpy as np

from playground.tabs.matching.metrics import Bools, Floats
from playground.tabs.matching.published_search import published_search
from playground.tabs.matching.thresholds import Sweep, best_of

SETS, SHIFT, SPREAD = 400, 0.05, 0.07


def scored_pairs(generator: np.random.Generator) -> tuple[Floats, Bools]:
    """Cosines (N,) of a random set, and which pairs are alike."""
    alike = generator.permutation(np.arange(generator.integers(20, 401)) % 2 == 0)
    centre = generator.uniform(0.1, 0.9)
    scores = centre + np.where(alike, SHIFT, -SHIFT) + SPREAD * generator.normal(size=len(alike))
    return np.clip(scores, -1, 1), alike


def lost(scores: Floats, alike: Bools) -> float:
    """Points of accuracy by which the published search falls short of the exact threshold."""
    exact = best_of(Sweep(scores, alike).cuts(), "accuracy").value
    return 100 * (exact - published_search(scores, alike).accuracy)


def main() -> None:
    """Measure and print."""
    generator = np.random.default_rng(0)
    points = np.array([lost(*scored_pairs(generator)) for _ in range(SETS)])
    quantile, most = np.quantile(points, 0.95), points.max()
    print(f"worse in {np.mean(points > 1e-9):.0%} of {SETS} sets, by more than a point in {np.mean(points > 1):.0%}")
    print(f"points of accuracy lost: mean {points.mean():.1f}, 95th percentile {quantile:.1f}, most {most:.1f}")


if __name__ == "__main__":
    main()
