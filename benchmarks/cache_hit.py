"""What a lease of a loaded model costs: `python -m benchmarks.cache_hit`.

The bar is 20 µs. Beside it what a plain LRU, an ordered dict behind a lock, costs: no leases, no line,
no counts.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

import torch

from playground.runtime import loaders
from playground.runtime.catalogue import ModelEntry
from playground.runtime.loaders import Loaded
from playground.runtime.registry import Registry
from playground.runtime.settings import REPOSITORY, Settings

REPEATS, HITS = 15, 20_000
BAR = 20.0  # µs


def microseconds(hit: Callable[[], None]) -> float:
    """Median over repeats of the mean time of a hit."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        for _ in range(HITS):
            hit()
        times.append((time.perf_counter() - began) / HITS * 1e6)
    return statistics.median(times)


def main() -> None:
    """Print the time of a hit and its ratios to the bar and to a plain locked LRU."""
    loaders.load = lambda folder, task, device, base=None: Loaded(torch.nn.Linear(2, 2), None, device)
    entry = ModelEntry("zoo/tiny", "Tiny", "zoo", "causal-lm", folder=REPOSITORY, parameters=6)
    models = Registry([entry], options=Settings(device="cpu"))
    plain, lock = OrderedDict({"zoo/tiny": 1, "zoo/other": 2}), threading.Lock()

    def lease() -> None:
        with models.lease("zoo/tiny", device="cpu"):
            pass

    def look_up() -> None:
        with lock:
            plain.move_to_end("zoo/tiny")
            plain["zoo/tiny"]

    lease()
    ours, theirs = microseconds(lease), microseconds(look_up)
    print(f"cache hit: {ours:.1f} µs, {ours / BAR:.2f} of the {BAR:.0f} µs bar; {ours / theirs:.0f} × a locked LRU")


if __name__ == "__main__":
    main()
