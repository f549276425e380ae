"""Adapters share one loaded base, which counts once and is held while any of them is in use."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from playground.runtime.errors import Busy, ModelTooLarge, ModelUnavailable
from tests.runtime.cache_helpers import PATIENCE, base_of, hold, in_memory, make_cache, wait_until


def make_adapter_cache(load: Callable[[str, Any], Any] = lambda key, base: (key, base), **options: Any) -> Any:
    sizes = {"reserve": lambda key: 2 if "+" in key else 10}
    measure = {"measure": lambda value, base: 2 if base is not None else 10}
    return make_cache(load, **({"base": base_of} | sizes | measure | options))


def test_adapters_share_one_base_that_counts_once() -> None:
    cache = make_adapter_cache()
    with cache.lease("x+1") as one, cache.lease("x+2") as two, cache.lease("x") as base:
        assert one[1] is two[1] is base
    assert (cache.status("x").loads, cache.snapshot().bytes) == (1, 14)


def test_a_base_stays_while_an_adapter_is_leased() -> None:
    cache = make_adapter_cache(budget=19)
    with cache.lease("x+1"):
        with pytest.raises(Busy), cache.lease("y", timeout=0.01):
            pass
        assert cache.status("x").in_memory
    hold(cache, "y")
    assert not cache.status("x").in_memory


def test_an_adapter_goes_before_its_base() -> None:
    cache = make_adapter_cache(budget=21)
    hold(cache, "x+1", "y")
    assert in_memory(cache, "x", "x+1", "y") == "xy"


def test_adapter_and_base_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(ModelTooLarge), make_adapter_cache(budget=11).lease("x+1"):
        pass


def test_adapters_of_one_base_that_come_together_load_it_once() -> None:
    cache = make_adapter_cache(budget=40)
    start = threading.Barrier(5, timeout=PATIENCE)

    def lease(key: str) -> None:
        start.wait()
        hold(cache, key)

    with ThreadPoolExecutor(5) as pool:
        for each in [pool.submit(lease, key) for key in ("x", "x+1", "x+2", "x+3", "x+4")]:
            each.result(PATIENCE)
    assert cache.status("x").loads == 1


def test_a_base_that_is_waiting_in_line_moves_up_with_its_adapter() -> None:
    cache = make_adapter_cache(budget=12)
    with ThreadPoolExecutor(2) as pool:
        with cache.lease("y"):
            waiting = []
            for key in ("x+1", "x"):
                waiting.append(pool.submit(hold, cache, key))
                wait_until(lambda key=key: cache.status(key).waits == 1)
        for each in waiting:
            each.result(PATIENCE)
    assert cache.status("x").loads == 1


def test_a_failing_base_fails_its_adapter_and_leaves_nothing_reserved() -> None:
    def load(key: str, base: Any) -> Any:
        raise ModelUnavailable("No {model}.", model=key)

    cache = make_adapter_cache(load)
    with pytest.raises(ModelUnavailable, match=r"No x\."), cache.lease("x+1"):
        pass
    assert (cache.snapshot().reserved, cache.snapshot().leases) == (0, 0)


def test_a_failing_adapter_lets_its_base_go() -> None:
    def load(key: str, base: Any) -> Any:
        if "+" in key:
            raise ValueError
        return key

    cache = make_adapter_cache(load)
    with pytest.raises(ModelUnavailable), cache.lease("x+1"):
        pass
    assert cache.unload("x") is True


def test_unloading_a_base_unloads_its_idle_adapters() -> None:
    cache = make_adapter_cache()
    hold(cache, "x+1")
    cache.unload("x")
    assert cache.snapshot().models == 0


def test_a_base_is_not_unloaded_under_a_leased_adapter() -> None:
    cache = make_adapter_cache()
    with cache.lease("x+1"), pytest.raises(Busy):
        cache.unload("x")
