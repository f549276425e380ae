"""Which values are in memory: leases, a byte budget, one load per key.

A lease holds a value for as long as its block lasts. Whoever asks for a value that is not there
joins its load, or puts one in line; loads start in the order they were asked for, each as soon as
its bytes fit beside everything loaded and reserved, after dropping idle values if that is enough.
A loaded value can always be leased at once, so a lease may be taken inside another one.

A key may have a base (an adapter and its model): both are loaded together, and a base stays in
memory for as long as any value built on it does.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from playground.runtime.back_off import BackOff, fresh
from playground.runtime.cache_counts import CacheSnapshot, KeyStatus, LoadTimes
from playground.runtime.errors import Busy, Cancelled, ModelTooLarge, ModelUnavailable, OutOfMemory, PlaygroundError
from playground.runtime.forking import survive_forks
from playground.runtime.ledger import Ledger, Slot

log = logging.getLogger("whybox.cache")

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
CANCEL_POLL = 0.05  # seconds


@dataclass(eq=False, slots=True)
class _Load(Generic[K, V]):
    """A load that waits in line or runs, with the number of leases that wait for it."""

    key: K
    bytes: int
    base_key: K | None = None
    waiters: int = 0
    started: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    slot: Slot[K, V] | None = None
    error: PlaygroundError | None = None
    base_slot: Slot[K, V] | None = None  # leased until the load fails or its value is dropped
    base_load: _Load[K, V] | None = None  # what becomes base_slot


def in_thread(work: Callable[[], None]) -> None:
    """Run a load in a thread of its own, so that whoever waits for it can leave."""
    threading.Thread(target=work, name="whybox-load", daemon=True).start()


class LeaseCache(Generic[K, V]):
    """Loads values on demand, lends them, and drops the least recently used idle ones.

    Args:
        load: makes the value of a key, given its base's value; runs outside the lock.
        reserve: bytes to set aside before a load, corrected by `measure` after it.
        measure: bytes of a value beside those of its base; None trusts the reservation.
        budget: reserved + loaded bytes never exceed it.
        base: the key another key is built on, or None; a base has none itself.
        idle_ttl: seconds after which :meth:`expire` drops an idle value.
        pinned: keys that are never dropped.
        is_out_of_memory: errors after which idle values are dropped and the load is tried once more.
        reclaim: called after values were dropped and before the freed bytes are used again.
        start: runs a load.
        clock: seconds, for idle times and back-off.
    """

    def __init__(
        self,
        load: Callable[[K, V | None], V],
        *,
        reserve: Callable[[K], int],
        measure: Callable[[V, V | None], int] | None,
        budget: float,
        base: Callable[[K], K | None] = lambda key: None,
        idle_ttl: float = float("inf"),
        pinned: frozenset[K] = frozenset(),
        is_out_of_memory: Callable[[BaseException], bool] = lambda error: isinstance(error, MemoryError),
        reclaim: Callable[[], None] = lambda: None,
        start: Callable[[Callable[[], None]], None] = in_thread,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load, self._reserve, self._measure, self._base = load, reserve, measure, base
        self._is_out_of_memory, self._reclaim, self._start = is_out_of_memory, reclaim, start
        self._idle_ttl, self._clock = idle_ttl, clock
        self._ledger = Ledger[K, V](budget, pinned)
        self._slots = self._ledger.slots
        self._loads: dict[K, _Load[K, V]] = {}
        self._line: deque[_Load[K, V]] = deque()
        self._admitting = self._admit_again = False
        self._sizes: dict[K, int] = {}
        self._back_off = BackOff[K](clock)
        self._times = LoadTimes()
        # Re-entrant: the garbage collector may end an abandoned lease while this thread holds the lock.
        self.lock = threading.RLock()
        survive_forks(self)

    @contextmanager
    def lease(
        self, key: K, *, timeout: float | None = None, cancelled: Callable[[], bool] | None = None
    ) -> Iterator[V]:
        """The value of a key, held in memory while the block lasts; raises what :meth:`acquire` raises."""
        slot = self.acquire(key, timeout, cancelled)
        try:
            yield slot.value
        finally:
            self.release(slot)

    def acquire(self, key: K, timeout: float | None = None, cancelled: Callable[[], bool] | None = None) -> Slot[K, V]:
        """A slot with the value of a key, to be given to :meth:`release` once.

        Raises:
            Busy: no room, or not loaded, within `timeout` seconds.
            Cancelled: `cancelled()` became true while waiting.
            ModelTooLarge: it can never fit the budget.
            ModelUnavailable: its load failed, now or within the back-off.
        """
        return self._hit(key) or self._wait(self._join(key), timeout, cancelled)

    def release(self, slot: Slot[K, V]) -> None:
        """End a lease; in a forked child, leases from before the fork are over already."""
        with self.lock:
            slot.leases -= 1
            slot.idle_since = self._clock()
            if slot.base is not None:
                slot.base.idle_since = slot.idle_since
            if self._line:
                self._admit()

    def evict_idle(self) -> None:
        """Drop every value that is neither leased nor pinned."""
        self._drop(lambda slot: True)

    def expire(self) -> None:
        """Drop the values that were idle for longer than the idle TTL."""
        oldest = self._clock() - self._idle_ttl
        self._drop(lambda slot: slot.idle_since <= oldest)

    def unload(self, key: K) -> bool:
        """Drop one value and those built on it; False if it was not in memory.

        Raises:
            Busy: it is leased.
        """
        with self.lock:
            if key not in self._slots:
                return False
            self._ledger.drop(self._ledger.with_dependents(key))
            self._admit()
        self._reclaim()
        return True

    def status(self, key: K) -> KeyStatus:
        """Whether a key is in memory, and what happened to it so far."""
        with self.lock:
            return self._ledger.status(key)

    def snapshot(self) -> CacheSnapshot:
        """The totals over all keys."""
        with self.lock:
            ledger, counts = self._ledger, self._ledger.counts.values()
            return CacheSnapshot(
                models=len(self._slots),
                bytes=ledger.loaded,
                reserved=ledger.used - ledger.loaded,
                budget=ledger.budget,
                leases=ledger.leases,
                loads=sum(each.loads for each in counts),
                hits=sum(each.hits for each in counts),
                waits=sum(each.waits for each in counts),
                evictions=sum(each.evictions for each in counts),
                failures=sum(each.failures for each in counts),
                load_seconds=self._times.total,
                load_seconds_p50=self._times.quantile(0.5),
                load_seconds_p95=self._times.quantile(0.95),
            )

    def start_afresh(self) -> None:
        """In a forked child: no other thread is left, so nothing loads, waits or is leased."""
        self.lock = threading.RLock()
        self._loads, self._line = {}, deque()
        self._admitting = self._admit_again = False
        self._ledger.forget_users()

    def _hit(self, key: K) -> Slot[K, V] | None:
        with self.lock:
            slot = self._slots.get(key)
            if slot is not None:
                slot.leases += 1
                self._ledger.counts[key].hits += 1
            return slot

    def _join(self, key: K) -> _Load[K, V]:
        """Wait for the key's load, a new one at the end of the line if need be."""
        base_key = self._base(key)
        # Sizes may be read from files, so not under the lock.
        size, base_size = self._size(key), 0 if base_key is None else self._size(base_key)
        with self.lock:
            slot = self._hit(key)
            if slot is not None:  # loaded meanwhile
                load = _Load(key, size, slot=slot)
                load.done.set()
                return load
            load = self._loads.get(key) or self._queue(key, size, base_key, base_size)
            load.waiters += 1
            self._ledger.counts[key].waits += 1
            self._admit()
            return load

    def _size(self, key: K) -> int:
        if key not in self._sizes:
            self._sizes[key] = self._reserve(key)
        return self._sizes[key]

    def _queue(self, key: K, size: int, base_key: K | None, base_size: int) -> _Load[K, V]:
        self._back_off.check(key)
        if base_key is not None:
            self._back_off.check(base_key)
        room = self._ledger.room_beside_pinned(base_key)
        if size + base_size > room:
            raise _too_large(key, size + base_size, room)
        load = self._loads[key] = _Load[K, V](key, size, base_key)
        self._line.append(load)
        return load

    def _wait(self, load: _Load[K, V], timeout: float | None, cancelled: Callable[[], bool] | None) -> Slot[K, V]:
        deadline = float("inf") if timeout is None else time.monotonic() + timeout
        longest = threading.TIMEOUT_MAX if cancelled is None else CANCEL_POLL
        while not load.done.wait(min(longest, max(0.0, deadline - time.monotonic()))):
            if cancelled is not None and cancelled() and self._leave(load):
                raise Cancelled("This run was stopped.")
            if time.monotonic() >= deadline and self._leave(load):
                raise _not_ready(load.key)
        if load.slot is None:
            raise fresh(load.error) if load.error else AssertionError("a load ends with a value or an error")
        return load.slot

    def _leave(self, load: _Load[K, V]) -> bool:
        """Stop waiting; False if the load ended meanwhile, so that its lease must be taken."""
        with self.lock:
            if load.done.is_set():
                return False
            load.waiters -= 1
            if load.waiters == 0 and not load.started:
                self._line.remove(load)
                del self._loads[load.key]
                self._admit()
            return True

    def _admit(self) -> None:
        """Start the loads at the head of the line for which there is room."""
        self._admit_again = True
        if self._admitting:
            return
        self._admitting = True
        try:
            while self._admit_again:
                self._admit_again = False
                while self._line and self._admit_head(self._line[0]):
                    pass
        finally:
            self._admitting = False

    def _admit_head(self, load: _Load[K, V]) -> bool:
        """Start a load, together with its base's, if there is room for both."""
        starting = [load]
        if load.base_key is not None:
            load.base_slot = self._slots.get(load.base_key)
            if load.base_slot is None:
                load.base_load = self._loads.get(load.base_key) or _Load(load.base_key, self._size(load.base_key))
                starting = [load] if load.base_load.started else [load.base_load, load]
        dropped = self._ledger.make_room(sum(part.bytes for part in starting), keep=load.base_key)
        if dropped is None:
            load.base_slot = load.base_load = None
            return False
        if load.base_slot is not None:
            load.base_slot.leases += 1
        elif load.base_load is not None:
            load.base_load.waiters += 1
        for part in starting:
            self._begin(part, dropped)
        return True

    def _begin(self, load: _Load[K, V], dropped: bool) -> None:
        load.started = True
        self._ledger.used += load.bytes
        self._loads[load.key] = load
        if load in self._line:
            self._line.remove(load)
        self._start(lambda: self._run(load, dropped))

    def _drop(self, condition: Callable[[Slot[K, V]], bool]) -> None:
        with self.lock:
            slots = [slot for slot in self._ledger.idle() if condition(slot)]
            self._ledger.drop(slots)
            self._admit()
        if slots:
            slots.clear()
            self._reclaim()

    def _run(self, load: _Load[K, V], dropped: bool) -> None:
        """Load, outside the lock, and hand the value or the error to all who wait."""
        try:
            if dropped:
                self._reclaim()
            base = self._base_value(load)
            began = self._clock()
            value = self._load_with_retry(load.key, base)
            seconds = self._clock() - began
            size = load.bytes if self._measure is None else self._measure(value, base)
        except BaseException as error:
            self._fail(load, error)
        else:
            self._finish(load, value, size, seconds)

    def _base_value(self, load: _Load[K, V]) -> V | None:
        if load.base_load is not None:
            load.base_load.done.wait()
            if load.base_load.error is not None:
                raise fresh(load.base_load.error)
            load.base_slot = load.base_load.slot
        return None if load.base_slot is None else load.base_slot.value

    def _load_with_retry(self, key: K, base: V | None) -> V:
        try:
            return self._load(key, base)
        except BaseException as error:
            if not self._is_out_of_memory(error):
                raise
        # Outside the handler: the error's traceback no longer holds what the first try had loaded.
        self.evict_idle()
        try:
            return self._load(key, base)
        except BaseException as error:
            if self._is_out_of_memory(error):
                raise OutOfMemory("The memory is too full for {model}. Try again in a minute.", model=key) from error
            raise

    def _finish(self, load: _Load[K, V], value: V, size: int, seconds: float) -> None:
        with self.lock:
            self._sizes[load.key] = size
            dropped = self._ledger.make_room(size - load.bytes, keep=load.base_key)
            if dropped is None:
                too_large = size > self._ledger.room_beside_pinned(load.base_key)
                self._end(load, _too_large(load.key, size, self._ledger.budget) if too_large else _not_ready(load.key))
                return
            self._ledger.used += size - load.bytes
            load.slot = Slot(load.key, value, size, load.base_slot, load.waiters, self._clock())
            self._slots[load.key] = load.slot
            counts = self._ledger.counts[load.key]
            counts.loads, counts.load_seconds = counts.loads + 1, seconds
            self._times.add(seconds)
            self._back_off.succeeded(load.key)
            self._end(load, None)
        if dropped:
            self._reclaim()

    def _fail(self, load: _Load[K, V], error: BaseException) -> None:
        if not isinstance(error, PlaygroundError):
            log.error("a model could not be loaded", extra={"model": load.key}, exc_info=error)
            message = "{model} could not be loaded ({reason}). Try again in a minute, or choose another model."
            error = ModelUnavailable(message, model=load.key, reason=type(error).__name__)
        with self.lock:
            self._back_off.failed(load.key, error)
            self._end(load, fresh(error))

    def _end(self, load: _Load[K, V], error: PlaygroundError | None) -> None:
        """Take a load off the books: its bytes, and its base's lease, go back if it failed."""
        load.error = error
        del self._loads[load.key]
        if error is not None:
            self._ledger.counts[load.key].failures += 1
            self._ledger.used -= load.bytes
            if load.base_slot is not None:
                load.base_slot.leases -= 1
        load.done.set()
        self._admit()


def _too_large(key: Hashable, size: int, room: float) -> ModelTooLarge:
    message = "{model} needs {size} MB, more than the {room} MB for models here. Choose a smaller one."
    return ModelTooLarge(message, model=key, size=round(size / 1e6), room=round(room / 1e6))


def _not_ready(key: Hashable) -> Busy:
    return Busy("{model} is not ready yet: others are using the memory. Try again in a minute.", model=key)
