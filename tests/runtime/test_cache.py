"""The bar of the model cache, on fake values; a value is its key, its size is a number."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runtime.errors import Busy, Cancelled, ModelTooLarge
from tests.runtime.cache_helpers import PATIENCE, Clock, Gate, hold, in_memory, make_cache, wait_until


def test_a_lease_yields_the_loaded_value() -> None:
    with make_cache().lease("a") as value:
        assert value == "a"


def test_a_second_lease_is_a_hit() -> None:
    cache = make_cache()
    hold(cache, "a", "a")
    status = cache.status("a")
    assert (status.loads, status.hits, status.waits) == (1, 1, 1)


def test_many_first_leases_of_a_key_load_it_once() -> None:
    gate = Gate()
    cache = make_cache(gate)
    with ThreadPoolExecutor(8) as pool:
        leases = [pool.submit(hold, cache, "a") for _ in range(8)]
        wait_until(lambda: cache.status("a").waits == 8)
        gate.open.set()
        for lease in leases:
            lease.result()
    assert gate.loads == {"a": 1}


def test_different_keys_load_in_parallel() -> None:
    both_inside = threading.Barrier(2, timeout=PATIENCE)
    cache = make_cache(lambda key, base: both_inside.wait())
    with ThreadPoolExecutor(2) as pool:
        for lease in [pool.submit(hold, cache, key) for key in "ab"]:
            lease.result()


def test_the_least_recently_used_idle_value_goes_first() -> None:
    clock = Clock()
    cache = make_cache(clock=clock)
    for key in "abcad":
        clock.now += 1
        hold(cache, key)
    assert in_memory(cache, *"abcd") == "acd"


def test_a_leased_value_is_not_dropped_for_another() -> None:
    cache = make_cache(budget=10)
    with cache.lease("a"), pytest.raises(Busy), cache.lease("b", timeout=0.01):
        pass
    assert in_memory(cache, "a", "b") == "a"


def test_a_load_waits_for_a_lease_to_end() -> None:
    cache = make_cache(budget=10)
    with ThreadPoolExecutor(1) as pool:
        with cache.lease("a"):
            waiting = pool.submit(hold, cache, "b")
            wait_until(lambda: cache.status("b").waits == 1)
            assert in_memory(cache, "a", "b") == "a"
        waiting.result(PATIENCE)
    assert in_memory(cache, "a", "b") == "b"


def test_loads_start_in_the_order_they_were_asked_for() -> None:
    order: list[str] = []
    cache = make_cache(lambda key, base: order.append(key), budget=10)
    with ThreadPoolExecutor(4) as pool:
        with cache.lease("a"):
            waiting = []
            for key in "bcde":
                waiting.append(pool.submit(hold, cache, key))
                wait_until(lambda key=key: cache.status(key).waits == 1)
        for lease in waiting:
            lease.result(PATIENCE)
    assert order == ["a", "b", "c", "d", "e"]


def test_a_small_load_does_not_overtake_a_large_one() -> None:
    sizes = {"a": 20, "large": 30, "small": 10}
    cache = make_cache(reserve=sizes.__getitem__, measure=lambda value, base: sizes[value])
    with ThreadPoolExecutor(1) as pool:
        with cache.lease("a"):
            large = pool.submit(hold, cache, "large")
            wait_until(lambda: cache.status("large").waits == 1)
            with pytest.raises(Busy), cache.lease("small", timeout=0.01):
                pass
        large.result(PATIENCE)


def test_who_waits_can_be_cancelled() -> None:
    cache, cancelled = make_cache(budget=10), threading.Event()
    with cache.lease("a"), ThreadPoolExecutor(1) as pool:

        def wait() -> None:
            with cache.lease("b", cancelled=cancelled.is_set):
                pass

        waiting = pool.submit(wait)
        wait_until(lambda: cache.status("b").waits == 1)
        cancelled.set()
        with pytest.raises(Cancelled):
            waiting.result(PATIENCE)


def test_who_leaves_the_line_lets_the_next_one_move_up() -> None:
    sizes = {"a": 20, "large": 30, "small": 10}
    cache = make_cache(reserve=sizes.__getitem__, measure=lambda value, base: sizes[value])
    stop = threading.Event()
    with cache.lease("a"), ThreadPoolExecutor(2) as pool:
        large = pool.submit(lambda: cache.lease("large", cancelled=stop.is_set).__enter__())
        wait_until(lambda: cache.status("large").waits == 1)
        small = pool.submit(hold, cache, "small")
        wait_until(lambda: cache.status("small").waits == 1)
        stop.set()
        small.result(PATIENCE)
        with pytest.raises(Cancelled):
            large.result(PATIENCE)


def test_a_wait_for_a_slow_load_can_time_out_and_the_value_stays() -> None:
    gate = Gate()
    cache = make_cache(gate)
    with pytest.raises(Busy), cache.lease("a", timeout=0.01):
        pass
    gate.open.set()
    hold(cache, "a")
    assert gate.loads == {"a": 1}


def test_an_oversize_value_is_refused_with_both_sizes() -> None:
    cache = make_cache(reserve=lambda key: 50_000_000, budget=30_000_000)
    with pytest.raises(ModelTooLarge, match="a needs 50 MB, more than the 30 MB"), cache.lease("a"):
        pass


def test_a_value_that_fits_only_without_the_pinned_ones_is_refused() -> None:
    cache = make_cache(reserve=lambda key: 25 if key == "b" else 10, pinned=frozenset("a"))
    hold(cache, "a")
    with pytest.raises(ModelTooLarge), cache.lease("b"):
        pass


def test_a_reservation_is_corrected_to_the_measured_size() -> None:
    cache = make_cache(reserve=lambda key: 12, measure=lambda value, base: 7)
    hold(cache, "a")
    assert (cache.snapshot().bytes, cache.snapshot().reserved) == (7, 0)


def test_a_value_larger_than_reserved_drops_idle_ones_rather_than_exceed_the_budget() -> None:
    cache = make_cache(measure=lambda value, base: 25 if value == "b" else 10)
    hold(cache, "a", "b")
    assert (in_memory(cache, "a", "b"), cache.snapshot().bytes) == ("b", 25)


def test_a_value_that_turns_out_too_large_is_refused_and_not_loaded_again() -> None:
    gate = Gate()
    gate.open.set()
    cache = make_cache(gate, measure=lambda value, base: 40)
    for _ in range(2):
        with pytest.raises(ModelTooLarge), cache.lease("a"):
            pass
    assert gate.loads == {"a": 1}
    assert cache.snapshot().reserved == 0


def test_a_value_larger_than_reserved_is_not_kept_while_the_rest_is_in_use() -> None:
    cache = make_cache(measure=lambda value, base: 25 if value == "b" else 10)
    with cache.lease("a"), pytest.raises(Busy), cache.lease("b", timeout=PATIENCE):
        pass
    assert cache.snapshot().bytes == 10


def test_reserved_bytes_count_while_loading() -> None:
    gate = Gate()
    cache = make_cache(gate)
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(hold, cache, "a")
        gate.wait_for(1)
        assert (cache.snapshot().reserved, cache.snapshot().bytes) == (10, 0)
        gate.open.set()
        loading.result(PATIENCE)


def test_expire_drops_what_was_idle_for_the_ttl() -> None:
    clock = Clock()
    cache = make_cache(clock=clock, idle_ttl=60.0)
    hold(cache, "a")
    clock.now = 30.0
    hold(cache, "b")
    clock.now = 60.0
    cache.expire()
    assert in_memory(cache, "a", "b") == "b"


def test_expire_spares_leased_and_pinned_values() -> None:
    clock = Clock()
    cache = make_cache(clock=clock, idle_ttl=60.0, pinned=frozenset("b"))
    hold(cache, "b")
    with cache.lease("a"):
        clock.now = 600.0
        cache.expire()
        assert in_memory(cache, "a", "b") == "ab"


def test_pinned_values_are_not_dropped_for_others() -> None:
    cache = make_cache(pinned=frozenset("a"))
    hold(cache, *"abcde")
    assert cache.status("a").in_memory


def test_unload_drops_an_idle_value_and_refuses_a_leased_one() -> None:
    cache = make_cache()
    with cache.lease("a"), pytest.raises(Busy):
        cache.unload("a")
    assert cache.unload("a") is True
    assert cache.unload("a") is False


def test_memory_is_reclaimed_after_a_drop_and_before_the_next_load() -> None:
    events: list[str] = []
    cache = make_cache(lambda key, base: events.append(key), budget=10, reclaim=lambda: events.append("reclaim"))
    hold(cache, "a", "b")
    assert events == ["a", "reclaim", "b"]


def test_a_dropped_value_is_freed() -> None:
    class Value:
        pass

    cache = make_cache(lambda key, base: Value())
    hold(cache, "a")
    cache.unload("a")
    assert not any(type(each) is Value for each in gc.get_objects())


def test_an_error_inside_the_block_ends_the_lease() -> None:
    cache = make_cache()
    with pytest.raises(KeyError), cache.lease("a"):
        raise KeyError
    assert cache.status("a").leases == 0


def test_a_loaded_value_can_be_leased_inside_its_own_lease_while_others_wait() -> None:
    cache = make_cache(budget=10)
    with ThreadPoolExecutor(1) as pool:
        with cache.lease("a"):
            waiting = pool.submit(hold, cache, "b")
            wait_until(lambda: cache.status("b").waits == 1)
            hold(cache, "a")
        waiting.result(PATIENCE)


def test_an_abandoned_generator_gives_its_lease_back() -> None:
    cache = make_cache()

    def steps() -> Any:
        with cache.lease("a"):
            yield 1

    run = steps()
    next(run)
    assert cache.status("a").leases == 1
    del run
    gc.collect()
    assert cache.status("a").leases == 0


def test_a_lease_that_ends_while_its_own_thread_holds_the_lock_does_not_deadlock() -> None:
    cache = make_cache()
    lease = cache.lease("a")
    lease.__enter__()
    with cache.lock:  # as when the garbage collector ends a generator in the middle of a change
        lease.__exit__(None, None, None)
    assert cache.status("a").leases == 0


def test_the_snapshot_adds_up() -> None:
    clock = Clock()

    def load(key: str, base: Any) -> str:
        clock.now += {"a": 1.0, "b": 3.0}[key]
        return key

    cache = make_cache(load, clock=clock)
    hold(cache, "a", "a", "b")
    snapshot = cache.snapshot()
    assert (snapshot.models, snapshot.bytes, snapshot.budget, snapshot.leases) == (2, 20, 30, 0)
    assert (snapshot.loads, snapshot.hits, snapshot.waits) == (2, 1, 2)
    assert (snapshot.load_seconds, snapshot.load_seconds_p50, snapshot.load_seconds_p95) == (4.0, 3.0, 3.0)
    assert cache.status("a").load_seconds == 1.0


class Model:
    """What an LRU cache with a byte budget does, one operation after another."""

    def __init__(self, budget: int) -> None:
        self.budget, self.order = budget, list[str]()

    def lease(self, key: str) -> None:
        if key in self.order:
            self.order.remove(key)
        while sum(SIZES[each] for each in self.order) + SIZES[key] > self.budget:
            self.order.pop(0)
        self.order.append(key)


SIZES = {"a": 3, "b": 5, "c": 7, "d": 11, "e": 13}


@given(st.lists(st.sampled_from("abcde"), max_size=30), st.integers(13, 40))
def test_one_after_another_it_is_an_lru_cache(keys: list[str], budget: int) -> None:
    clock = Clock()
    cache = make_cache(
        budget=budget,
        reserve=SIZES.__getitem__,
        measure=lambda value, base: SIZES[value],
        start=lambda work: work(),
        clock=clock,
    )
    model = Model(budget)
    for key in keys:
        clock.now += 1.0
        hold(cache, key)
        model.lease(key)
        assert {each for each in SIZES if cache.status(each).in_memory} == set(model.order)
