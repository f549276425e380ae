"""A forked child finds the cache usable, whatever other threads were doing at the fork."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.runtime.cache_helpers import PATIENCE, Gate, hold, make_cache

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def forked(work: Callable[[], None]) -> int | None:
    """Run some work in a forked child; its exit code, None if it hung."""
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join(PATIENCE)
    if child.is_alive():
        child.kill()
    return child.exitcode


def test_a_forked_child_can_lease_what_was_loaded_loading_and_not_loaded() -> None:
    gate = Gate()

    def load(key: str, base: Any) -> Any:
        return gate(key, base) if key == "b" else key

    cache = make_cache(load)
    hold(cache, "a")

    def in_child() -> None:
        gate.open.set()
        hold(cache, "a", "b", "c")

    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(hold, cache, "b")
        gate.wait_for(1)
        assert forked(in_child) == 0
        gate.open.set()
        loading.result(PATIENCE)


def test_a_fork_waits_for_the_thread_that_holds_the_lock() -> None:
    cache, locked, forking = make_cache(), threading.Event(), threading.Event()
    os.register_at_fork(before=forking.set)  # runs before the cache's own hook

    def change() -> None:
        with cache.lock:
            locked.set()
            assert forking.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        changing = pool.submit(change)
        assert locked.wait(PATIENCE)
        assert forked(lambda: hold(cache, "a")) == 0
        changing.result(PATIENCE)


def test_a_lease_from_before_the_fork_ends_quietly_in_the_child() -> None:
    cache = make_cache()
    lease = cache.lease("a")
    lease.__enter__()

    def in_child() -> None:
        lease.__exit__(None, None, None)
        assert cache.status("a").leases == 0

    assert forked(in_child) == 0
    assert cache.status("a").leases == 1
    lease.__exit__(None, None, None)
