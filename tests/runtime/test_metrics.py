"""Counts of models and runs in Prometheus text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from playground.runtime.cache_counts import CacheSnapshot
from playground.runtime.contracts import Update
from playground.runtime.metrics import CountedRuns, Metrics
from playground.runtime.requests import TabRequest
from playground.runtime.sessions import Attachment
from tests.sample_request import SampleRequest

COUNTS = CacheSnapshot(models=2, bytes=5_000, loads=3, hits=40, evictions=1, failures=2, waits=4, load_seconds=1.5)


class Runs:
    """Replays updates, and says what was asked of it."""

    def __init__(self, *updates: Update) -> None:
        self.updates, self.calls, self.closed = updates, [], False  # type: ignore[var-annotated]

    def submit(self, tab: str, request: TabRequest, session: str = "", *, fresh: bool = False) -> Iterator[Update]:
        self.calls.append(("submit", session))
        return self._play()

    def recall(self, tab: str, request: TabRequest) -> Iterator[Update] | None:
        return iter(self.updates) if self.updates and self.updates[-1].remembered else None

    def cancel(self, session: str, *, replaced: bool = False) -> None:
        self.calls.append(("cancel", session))

    def forget(self, session: str) -> None:
        self.calls.append(("forget", session))

    def pause(self, session: str, request: TabRequest) -> int | None:
        self.calls.append(("pause", session))
        return 137

    def rest(self, session: str, seconds: float) -> None:
        self.calls.append(("rest", session))

    def waiting(self, device: str | None = None) -> int:
        return 7

    def attach(self, session: str, name: str, filename: str, data: bytes) -> Attachment:
        self.calls.append(("attach", session, name))
        return Attachment(name=filename, size=len(data), sha256="0" * 64)

    def _play(self) -> Iterator[Update]:
        try:
            yield from self.updates
        finally:
            self.closed = True


def metrics() -> Metrics:
    return Metrics(lambda: COUNTS, lambda: 7)


def samples(metrics: Metrics) -> dict[str, float]:
    """Values by name, labels in brackets."""
    families = text_string_to_metric_families(metrics.text().decode())
    found = [sample for family in families for sample in family.samples]
    return {f"{s.name}{sorted(s.labels.values()) or ''}": s.value for s in found}


def counted(runs: Runs, counts: Metrics) -> CountedRuns:
    seconds = iter([10.0, 13.0])
    return CountedRuns(runs, counts, clock=lambda: next(seconds))


def test_the_counts_of_the_cache_are_shown() -> None:
    shown = samples(metrics())
    assert shown["whybox_model_loads_total"] == 3
    assert shown["whybox_model_hits_total"] == 40
    assert shown["whybox_model_waits_total"] == 4
    assert shown["whybox_model_evictions_total"] == 1
    assert shown["whybox_model_failures_total"] == 2
    assert shown["whybox_model_bytes_now"] == 5_000
    assert shown["whybox_model_load_seconds_total"] == 1.5


def test_the_line_is_shown() -> None:
    assert samples(metrics())["whybox_waiting"] == 7


@pytest.mark.parametrize("state", ["done", "cut", "cancelled", "failed"])
def test_a_run_is_counted_by_its_end_and_timed(state: str) -> None:
    counts = metrics()
    updates = (Update("running", "r"), Update(state, "r"))  # type: ignore[arg-type]
    assert tuple(counted(Runs(*updates), counts).submit("sample", SampleRequest(), "s")) == updates
    shown = samples(counts)
    assert shown[f"whybox_runs_total{sorted(['sample', state])}"] == 1
    assert shown["whybox_run_seconds_sum['sample']"] == 3


def test_a_run_whose_listener_leaves_is_closed_and_counts_as_cancelled() -> None:
    counts, runs = metrics(), Runs(Update("running", "r"), Update("done", "r"))
    updates = counted(runs, counts).submit("sample", SampleRequest())
    next(updates)
    updates.close()  # type: ignore[attr-defined]
    assert runs.closed
    assert samples(counts)["whybox_runs_total['cancelled', 'sample']"] == 1


def test_a_replayed_run_counts_as_remembered() -> None:
    counts = metrics()
    updates = counted(Runs(Update("done", "r", remembered=True)), counts).recall("sample", SampleRequest())
    assert updates is not None
    assert len(list(updates)) == 1
    assert samples(counts)["whybox_runs_total['remembered', 'sample']"] == 1


def test_everything_else_is_passed_on() -> None:
    runs = Runs()
    backend = CountedRuns(runs, metrics())
    backend.cancel("a")
    backend.forget("b")
    assert backend.pause("a", SampleRequest()) == 137
    backend.rest("a", 0.5)
    assert backend.attach("c", "file", "a.txt", b"words") == Attachment(name="a.txt", size=5, sha256="0" * 64)
    assert runs.calls == [("cancel", "a"), ("forget", "b"), ("pause", "a"), ("rest", "a"), ("attach", "c", "file")]
    assert backend.waiting() == 7
    assert backend.recall("sample", SampleRequest()) is None
