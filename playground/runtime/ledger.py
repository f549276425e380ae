"""What the model cache has in memory, byte by byte, and what may be dropped for something else.

Not locked: the cache holds its lock around every call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from playground.runtime.cache_counts import KeyCounts, KeyStatus
from playground.runtime.errors import Busy

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(eq=False, slots=True)
class Slot(Generic[K, V]):
    """A loaded value; its leases include the values in memory that are built on it."""

    key: K
    value: V
    bytes: int
    base: Slot[K, V] | None
    leases: int
    idle_since: float


@dataclass
class Ledger(Generic[K, V]):
    """Loaded values and reserved bytes, within a budget; pinned keys are never dropped."""

    budget: float
    pinned: frozenset[K]
    used: int = 0  # reserved + loaded bytes
    slots: dict[K, Slot[K, V]] = field(default_factory=dict)
    counts: defaultdict[K, KeyCounts] = field(default_factory=lambda: defaultdict(KeyCounts))

    @property
    def loaded(self) -> int:
        """Bytes of the loaded values."""
        return sum(slot.bytes for slot in self.slots.values())

    @property
    def leases(self) -> int:
        """Leases that are held by users, not by values built on others."""
        return sum(slot.leases - (slot.base is not None) for slot in self.slots.values())

    def room_beside_pinned(self, key: K | None) -> float:
        """Bytes that are free once everything but the pinned values, and this key, is dropped."""
        return self.budget - sum(slot.bytes for slot in self.slots.values() if slot.key in self.pinned - {key})

    def status(self, key: K) -> KeyStatus:
        """Whether a key is in memory, and its counts so far."""
        slot, counts = self.slots.get(key), self.counts.get(key, KeyCounts())
        return KeyStatus(slot is not None, slot.bytes if slot else 0, slot.leases if slot else 0, **vars(counts))

    def make_room(self, size: int, keep: K | None = None) -> bool | None:
        """Drop idle values until `size` more bytes fit.

        Returns:
            Whether any were dropped; None, and nothing is dropped, if that is not enough.
        """
        missing, victims = self.used + size - self.budget, list[Slot[K, V]]()
        for slot in self.idle(keep):
            if missing <= 0:
                break
            victims.append(slot)
            missing -= slot.bytes
        if missing > 0:
            return None
        self.drop(victims)
        return bool(victims)

    def idle(self, keep: K | None = None) -> Iterator[Slot[K, V]]:
        """The values that may go, least recently used first; a base comes after what is built on it."""
        leases = {slot.key: slot.leases for slot in self.slots.values()}
        for slot in sorted(self.slots.values(), key=lambda slot: (slot.idle_since, slot.base is None)):
            if leases[slot.key] == 0 and slot.key not in self.pinned and slot.key != keep:
                if slot.base is not None:
                    leases[slot.base.key] -= 1
                yield slot

    def with_dependents(self, key: K) -> list[Slot[K, V]]:
        """The values built on a key, then its own.

        Raises:
            Busy: one of them is leased.
        """
        slot = self.slots[key]
        built_on_it = [other for other in self.slots.values() if other.base is slot]
        if any(other.leases for other in built_on_it) or slot.leases > len(built_on_it):
            raise Busy("{model} is in use. Stop the runs that use it, then unload it.", model=key)
        return [*built_on_it, slot]

    def drop(self, slots: list[Slot[K, V]]) -> None:
        """Forget these values and give their bytes back."""
        for slot in slots:
            del self.slots[slot.key]
            self.used -= slot.bytes
            self.counts[slot.key].evictions += 1
            if slot.base is not None:
                slot.base.leases -= 1

    def forget_users(self) -> None:
        """Only what is loaded remains, in new slots: no reservation, no user's lease, none ended later."""
        self.used = self.loaded
        fresh = {key: replace(slot, leases=0) for key, slot in self.slots.items()}
        for slot in fresh.values():
            if slot.base is not None:
                slot.base = fresh[slot.base.key]
                slot.base.leases += 1
        self.slots.update(fresh)
