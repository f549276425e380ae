"""Fake loaders, a clock and waits for the tests of the model cache."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from playground.runtime.cache import LeaseCache

PATIENCE = 20.0  # seconds after which a test that waits for another thread fails


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def make_cache(
    load: Callable[[str, Any], Any] = lambda key, base: key, size: int = 10, **options: Any
) -> LeaseCache[str, Any]:
    options = {"budget": 30, "reserve": lambda key: size, "measure": lambda value, base: size} | options
    return LeaseCache(load, **options)


def hold(cache: LeaseCache[str, Any], *keys: str) -> None:
    """Lease and give back, one after another."""
    for key in keys:
        with cache.lease(key, timeout=PATIENCE):
            pass


def in_memory(cache: LeaseCache[str, Any], *keys: str) -> str:
    return "".join(key for key in keys if cache.status(key).in_memory)


def wait_until(condition: Callable[[], bool]) -> None:
    """Let other threads run until something holds."""
    limit = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < limit, "the condition never held"
        os.sched_yield()


class Gate:
    """A loader that waits to be let through, and counts who is inside."""

    def __init__(self) -> None:
        self.open, self.inside, self.loads = threading.Event(), threading.Semaphore(0), Counter[str]()

    def __call__(self, key: str, base: Any) -> str:
        self.loads[key] += 1
        self.inside.release()
        assert self.open.wait(PATIENCE)
        return key

    def wait_for(self, loads: int) -> None:
        for _ in range(loads):
            assert self.inside.acquire(timeout=PATIENCE)


def base_of(key: str) -> str | None:
    """In these tests "x+1" and "x+2" are built on "x"."""
    return key.split("+")[0] if "+" in key else None
