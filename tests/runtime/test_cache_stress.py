"""Ten thousand random operations on each of 16 threads."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from playground.runtime.cache import LeaseCache
from playground.runtime.errors import Busy, Cancelled, ModelUnavailable
from tests.runtime.cache_helpers import base_of, wait_until

THREADS, OPERATIONS = 16, 10_000
PATIENCE = 300.0  # seconds after which it counts as hung
TIMEOUTS = (*[0.0] * 8, 0.0005, 0.005)  # most do not wait, so that there is time for many
KEYS = [*"abcdefgh", "x", "x+1", "x+2", "y+1"]


class Checked:
    """A value that knows how many leases hold it; dropping it while it is held is an error."""

    def __init__(self, key: str, base: Checked | None) -> None:
        self.key, self.base, self.users, self.dropped = key, base, 0, False


@pytest.mark.parametrize("failure_rate", [0.0, 0.05])
def test_random_operations_on_16_threads_never_evict_in_use_exceed_the_budget_or_hang(failure_rate: float) -> None:
    sizes = {key: 5 + 3 * (index % 4) for index, key in enumerate(KEYS)} | {"y": 9}
    guard, alive, violations = threading.Lock(), dict[str, Checked](), list[str]()
    failures = random.Random(1)

    def load(key: str, base: Checked | None) -> Checked:
        if failures.random() < failure_rate:
            raise ValueError
        value = Checked(key, base)
        with guard:
            alive[key] = value
        return value

    cache: LeaseCache[str, Checked] = LeaseCache(
        load,
        reserve=lambda key: sizes[key] + 1,
        measure=lambda value, base: sizes[value.key],
        budget=40,
        base=base_of,
        clock=lambda: time.monotonic() * 1e6,  # so that no back-off lasts
    )

    def use(value: Checked) -> None:
        snapshot = cache.snapshot()
        if snapshot.bytes + snapshot.reserved > snapshot.budget:
            violations.append("over budget")
        for each in (value, value.base):
            if each is not None and (not cache.status(each.key).in_memory or alive[each.key] is not each):
                violations.append(f"{each.key} was evicted in use")

    def operate(seed: int) -> None:
        choose = random.Random(seed)
        for _ in range(OPERATIONS):
            with ExitStack() as held:
                try:
                    for key in choose.choices(KEYS, k=choose.choice((1, 1, 1, 2))):
                        timeout = choose.choice(TIMEOUTS)
                        use(
                            held.enter_context(
                                cache.lease(key, timeout=timeout, cancelled=lambda: choose.random() < 0.01)
                            )
                        )
                    if choose.random() < 0.05:
                        choose.choice([cache.evict_idle, cache.expire, lambda: cache.unload(choose.choice(KEYS))])()
                except (Busy, Cancelled, ModelUnavailable):
                    pass

    with ThreadPoolExecutor(THREADS) as pool:
        for work in [pool.submit(operate, seed) for seed in range(THREADS)]:
            work.result(PATIENCE)
    assert violations == []
    wait_until(lambda: cache.snapshot().reserved == 0)
    assert cache.snapshot().leases == 0
    assert cache.snapshot().hits > 100
    assert cache.snapshot().evictions > 100
