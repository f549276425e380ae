"""Counts for operators, in Prometheus text at /metrics: models from the cache's own counts, runs as they end."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from playground.runtime.cache_counts import CacheSnapshot
from playground.runtime.contracts import Backend, Update
from playground.runtime.requests import TabRequest
from playground.runtime.sessions import Attachment

RUN_SECONDS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300)  # bucket bounds
COUNTERS = {
    "loads": "Models loaded into memory",
    "hits": "Leases of models that were in memory",
    "waits": "Leases that had to wait",
    "evictions": "Models unloaded to make room",
    "failures": "Loads that failed",
}
GAUGES = {
    "models": "Models in memory",
    "bytes": "Bytes of models in memory",
    "reserved": "Bytes reserved for models being loaded",
    "budget": "Bytes that models may take",
    "leases": "Models in use",
}


class Metrics:
    """The counts of one process, in a registry of their own."""

    def __init__(self, snapshot: Callable[[], CacheSnapshot], waiting: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Models(snapshot))
        ProcessCollector(registry=self._registry)
        Gauge("whybox_waiting", "Runs in line", registry=self._registry).set_function(waiting)
        self._runs = Counter("whybox_runs", "Runs by their end", ["tab", "state"], registry=self._registry)
        self._seconds = Histogram(
            "whybox_run_seconds",
            "Seconds from asking to the end",
            ["tab"],
            buckets=RUN_SECONDS,
            registry=self._registry,
        )

    def run_ended(self, tab: str, state: str, seconds: float) -> None:
        """Count a run."""
        self._runs.labels(tab, state).inc()
        self._seconds.labels(tab).observe(seconds)

    def text(self) -> bytes:
        """All counts in Prometheus text format."""
        return generate_latest(self._registry)


class Runs(Backend, Protocol):
    """A backend that remembers, has a line and keeps uploads."""

    def recall(self, tab: str, request: TabRequest) -> Iterator[Update] | None:
        """A remembered run, or None."""
        ...

    def waiting(self, device: str | None = None) -> int:
        """How many runs wait."""
        ...

    def attach(self, session: str, name: str, filename: str, data: bytes) -> Attachment:
        """Keep an uploaded file for the session's requests."""
        ...

    def pause(self, session: str, request: TabRequest) -> int | None:
        """Stop the run for something else and wait for its end; the step from which `request` would go on, if any."""
        ...

    def rest(self, session: str, seconds: float) -> None:
        """Wait, but no longer than the session's run goes on."""
        ...


class CountedRuns:
    """A backend whose runs are counted when they end."""

    def __init__(self, runs: Runs, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self._runs, self._metrics, self._clock = runs, metrics, clock

    def submit(self, tab: str, request: TabRequest, session: str = "", *, fresh: bool = False) -> Iterator[Update]:
        """Run a request, a `fresh` one even if it is remembered; a newer submit of the session cancels it."""
        return self._counted(tab, self._runs.submit(tab, request, session, fresh=fresh))

    def recall(self, tab: str, request: TabRequest) -> Iterator[Update] | None:
        """A remembered run, or None."""
        updates = self._runs.recall(tab, request)
        return None if updates is None else self._counted(tab, updates)

    def cancel(self, session: str, *, replaced: bool = False) -> None:
        """Stop the session's run, if one is going on; whether something else takes its place."""
        self._runs.cancel(session, replaced=replaced)

    def forget(self, session: str) -> None:
        """The visitor left: cancel, and drop everything kept for the session."""
        self._runs.forget(session)

    def waiting(self, device: str | None = None) -> int:
        """How many runs wait."""
        return self._runs.waiting(device)

    def attach(self, session: str, name: str, filename: str, data: bytes) -> Attachment:
        """Keep an uploaded file for the field `name` of this session's requests."""
        return self._runs.attach(session, name, filename, data)

    def pause(self, session: str, request: TabRequest) -> int | None:
        """Stop the run for something else and wait for its end; the step from which `request` would go on, if any."""
        return self._runs.pause(session, request)

    def rest(self, session: str, seconds: float) -> None:
        """Wait, but no longer than the session's run goes on."""
        self._runs.rest(session, seconds)

    def _counted(self, tab: str, updates: Iterator[Update]) -> Iterator[Update]:
        began = self._clock()
        state = "cancelled"  # whoever stops listening early has left
        try:
            for update in updates:
                if update.final:
                    state = "remembered" if update.remembered else update.state
                yield update
        finally:
            if isinstance(updates, Generator):
                updates.close()  # the run ends now, not when it is collected
            self._metrics.run_ended(tab, state, self._clock() - began)


class _Models(Collector):
    """Reads the cache's counts whenever somebody looks."""

    def __init__(self, snapshot: Callable[[], CacheSnapshot]) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterable[Metric]:
        counts = self._snapshot()
        for name, help_ in COUNTERS.items():
            yield CounterMetricFamily(f"whybox_model_{name}", help_, value=getattr(counts, name))
        for name, help_ in GAUGES.items():
            yield GaugeMetricFamily(f"whybox_model_{name}_now", help_, value=getattr(counts, name))
        seconds = "Seconds spent loading models"
        yield CounterMetricFamily("whybox_model_load_seconds", seconds, value=counts.load_seconds)
        latest = GaugeMetricFamily("whybox_model_load_seconds_latest", "Of the latest loads", labels=["quantile"])
        latest.add_metric(["0.5"], counts.load_seconds_p50)
        latest.add_metric(["0.95"], counts.load_seconds_p95)
        yield latest
