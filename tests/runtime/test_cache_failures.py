"""A load that fails: one error for all who wait, back-off, a second try when memory is short."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from playground.runtime.cache import LeaseCache
from playground.runtime.errors import ModelUnavailable, OutOfMemory
from tests.runtime.cache_helpers import PATIENCE, Clock, Gate, hold, in_memory, make_cache, wait_until


def test_a_failed_load_gives_its_error_to_all_who_wait() -> None:
    gate = Gate()

    def fail(key: str, base: Any) -> Any:
        gate(key, base)
        raise ModelUnavailable("No {model}.", model=key)

    cache = make_cache(fail)
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(hold, cache, "a") for _ in range(4)]
        wait_until(lambda: cache.status("a").waits == 4)
        gate.open.set()
        errors = [lease.exception(PATIENCE) for lease in waiting]
    assert [str(error) for error in errors] == ["No a."] * 4
    assert gate.loads == {"a": 1}


def test_a_failure_stands_for_one_second_then_two_up_to_sixty() -> None:
    clock, loads = Clock(), list[float]()

    def fail(key: str, base: Any) -> Any:
        loads.append(clock.now)
        raise ValueError

    cache = make_cache(fail, clock=clock)
    for second in range(200):
        clock.now = float(second)
        with pytest.raises(ModelUnavailable), cache.lease("a"):
            pass
    assert loads == [0, 1, 3, 7, 15, 31, 63, 123, 183]


def test_a_success_ends_the_back_off() -> None:
    clock, healthy = Clock(), threading.Event()

    def load(key: str, base: Any) -> str:
        if not healthy.is_set():
            raise ValueError
        return key

    cache = make_cache(load, clock=clock)
    with pytest.raises(ModelUnavailable), cache.lease("a"):
        pass
    healthy.set()
    clock.now = 1.0
    hold(cache, "a")
    assert (cache.status("a").failures, cache.status("a").loads) == (1, 1)


def test_an_unexpected_error_becomes_a_sentence_without_its_text() -> None:
    def fail(key: str, base: Any) -> Any:
        raise ValueError("/secret/path")

    with pytest.raises(ModelUnavailable, match="a could not be loaded") as caught, make_cache(fail).lease("a"):
        pass
    assert "secret" not in str(caught.value)


def test_a_failed_load_gives_its_bytes_back() -> None:
    def fail(key: str, base: Any) -> Any:
        raise ValueError

    cache = make_cache(fail)
    with pytest.raises(ModelUnavailable), cache.lease("a"):
        pass
    assert (cache.snapshot().reserved, cache.snapshot().bytes) == (0, 0)


def test_out_of_memory_drops_idle_values_and_tries_once_more() -> None:
    cache: LeaseCache[str, Any]

    def load(key: str, base: Any) -> str:
        if key == "b" and cache.status("a").in_memory:
            raise MemoryError
        return key

    cache = make_cache(load)
    hold(cache, "a", "b")
    assert in_memory(cache, "a", "b") == "b"


def test_out_of_memory_twice_is_an_error_of_its_own() -> None:
    loads: list[str] = []

    def fail(key: str, base: Any) -> Any:
        loads.append(key)
        raise MemoryError

    with pytest.raises(OutOfMemory), make_cache(fail).lease("a"):
        pass
    assert loads == ["a", "a"]
