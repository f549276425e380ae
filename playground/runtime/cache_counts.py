"""What happened in the model cache so far: loads, hits, waits, evictions, failures, load times."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

COUNTED = ("bytes", "leases", "loads", "hits", "waits", "evictions", "failures")


@dataclass
class KeyCounts:
    """The running counts of one key."""

    loads: int = 0
    hits: int = 0
    waits: int = 0
    evictions: int = 0
    failures: int = 0
    load_seconds: float | None = None  # of the latest load


@dataclass(frozen=True)
class KeyStatus:
    """One key: what it takes in memory now, and what happened to it so far."""

    in_memory: bool = False
    bytes: int = 0
    leases: int = 0
    loads: int = 0
    hits: int = 0
    waits: int = 0
    evictions: int = 0
    failures: int = 0
    load_seconds: float | None = None

    def __add__(self, other: KeyStatus) -> KeyStatus:
        """The same key in two caches; the load time is the longer one."""
        sums = {name: getattr(self, name) + getattr(other, name) for name in COUNTED}
        seconds = max(self.load_seconds or 0.0, other.load_seconds or 0.0) or None
        return KeyStatus(self.in_memory or other.in_memory, load_seconds=seconds, **sums)


@dataclass(frozen=True)
class CacheSnapshot:
    """Totals over all keys: bytes are loaded, reserved ones come on top, budget limits both together."""

    models: int = 0
    bytes: int = 0
    reserved: int = 0
    budget: float = 0
    leases: int = 0
    loads: int = 0
    hits: int = 0
    waits: int = 0
    evictions: int = 0
    failures: int = 0
    load_seconds: float = 0.0  # sum over all loads
    load_seconds_p50: float = 0.0  # of the latest 256 loads
    load_seconds_p95: float = 0.0

    def __add__(self, other: CacheSnapshot) -> CacheSnapshot:
        """The totals of two caches; the quantiles are those of the slower one."""
        names = (*COUNTED, "models", "reserved", "budget", "load_seconds")
        slower = max(self, other, key=lambda each: each.load_seconds_p50)
        return replace(slower, **{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass
class LoadTimes:
    """Seconds that loads took: all together, and the latest ones."""

    total: float = 0.0
    latest: deque[float] = field(default_factory=lambda: deque(maxlen=256))

    def add(self, seconds: float) -> None:
        """Count a load."""
        self.total += seconds
        self.latest.append(seconds)

    def quantile(self, share: float) -> float:
        """The time that this share of the latest loads did not exceed (nearest rank); 0 without loads."""
        ordered = sorted(self.latest)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
