"""The exact threshold of a million scored pairs: `python -m benchmarks.matching_threshold`.

One sorted sweep for accuracy, F1, MCC and cost together, beside sentence-transformers' own sweep for accuracy
alone, on the same scores; processor time. The bar is one second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from playground.tabs.matching.thresholds import GOALS, Sweep, best_of

PAIRS, BAR = 1_000_000, 1.0  # seconds


def seconds(work: Callable[[], Any]) -> float:
    """Processor time."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> None:
    """Print both times and their ratio."""
    from sentence_transformers.sentence_transformer.evaluation import BinaryClassificationEvaluator as Theirs

    generator = np.random.default_rng(0)
    alike = generator.random(PAIRS) < 0.5
    scores = 0.5 + 0.1 * alike + 0.1 * generator.normal(size=PAIRS)
    labels = alike.astype(int)

    def ours() -> None:
        cuts = Sweep(scores, alike).cuts()
        for goal in GOALS:
            best_of(cuts, goal, 5.0)

    def theirs() -> None:
        Theirs.find_best_acc_and_threshold(scores, labels, True)

    own, other = seconds(ours), seconds(theirs)
    print(f"{PAIRS:,} pairs: {own:.2f} s for four goals (bar {BAR:.0f} s); sentence-transformers {other:.2f} s for one")
    print(f"{other / own:.0f} times as fast")


if __name__ == "__main__":
    main()
