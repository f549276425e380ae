"""Runs share a device in turns, wait their turn, and stop in time."""

import threading

import numpy as np
import pytest

from playground.runtime import run as run_module
from playground.runtime.contracts import Frame
from playground.runtime.errors import Cancelled
from playground.runtime.lock import RUNS_AT_ONCE, FairSemaphore
from playground.runtime.results import ResultMemory
from tests.runtime.backend_contract import BackendContract
from tests.runtime.engines import (
    PATIENCE,
    FakeClock,
    FakeModels,
    WalkRequest,
    crowd,
    finished,
    in_thread,
    last,
    positions,
    runner_of,
    until,
    walk,
    working,
)


class TestRunner(BackendContract):
    def backend_of(self, run):
        return runner_of(run)


class TestRunnerWithMemory(BackendContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path):
        self.folder = tmp_path

    def backend_of(self, run):
        return runner_of(run, memory=ResultMemory(self.folder, 10**7))


# The lock


def test_a_run_whose_consumer_is_away_holds_nobody_up():
    runner = runner_of()
    away = runner.submit("walk", WalkRequest(steps=9), "away")
    next(away)
    assert last(runner.submit("walk", WalkRequest(steps=3), "here")).state == "done"
    assert [step for step, _ in positions(away)] == list(range(2, 10))


def test_others_work_while_a_model_loads():
    inner = []
    models = FakeModels(load=lambda id: inner.extend(runner.submit("walk", WalkRequest(steps=3), "other")))

    def leasing(request, context):
        if not request.leased:
            yield from walk(request, context)
            return
        with context.lease("zoo/a"):
            yield Frame(done=1.0)

    runner = runner_of(leasing, models=models)
    assert last(runner.submit("walk", WalkRequest(leased=("zoo/a",)), "loads")).state == "done"
    assert inner[-1].state == "done"


def test_eight_sessions_all_make_progress():
    clock, steps, ready = FakeClock(), [], threading.Event()

    def run(request, context):
        assert ready.wait(PATIENCE)
        for step in range(40):
            clock.now += 0.1
            steps.append(request.seed)
            yield Frame(done=(step + 1) / 40)

    runner = runner_of(run, clock=clock)
    runs = [in_thread(runner.submit("walk", WalkRequest(seed=seed), f"s{seed}")) for seed in range(8)]
    until(lambda: runner.waiting("cpu") == 7)
    ready.set()
    assert all(finished(thread) for thread, _ in runs)
    half = steps[: len(steps) // 2]
    assert min(half.count(seed) for seed in range(8)) >= 10  # 20 each, if turns were perfect


def test_a_slice_holds_as_many_frames_as_fit_where_others_wait(monkeypatch):
    clock, held = FakeClock(), []
    monkeypatch.setattr(FairSemaphore, "contended", True)
    updates = runner_of(working(clock, 0.07, steps=10), clock=clock).submit("walk", WalkRequest(), "ann")
    for _ in range(5):
        before = clock.now
        next(updates)
        held.append(round((clock.now - before) / 0.07))
    assert held == [3, 0, 0, 3, 0]


def test_one_frame_a_turn_is_enough_where_nobody_waits():
    clock = FakeClock()
    updates = runner_of(working(clock, 0.01, steps=10), clock=clock).submit("walk", WalkRequest())
    for _ in range(3):
        before = clock.now
        next(updates)
        assert clock.now - before == pytest.approx(0.01)


# Admission


def test_a_ninth_run_waits_and_knows_its_place(monkeypatch):
    monkeypatch.setattr(run_module, "BEAT", 0.001)
    runner = runner_of(clock=FakeClock())
    runs = crowd(runner)
    ninth, tenth = (runner.submit("walk", WalkRequest(steps=2), name) for name in ("ninth", "tenth"))
    first, second = next(ninth), next(tenth)
    assert (first.state, first.place, second.place) == ("waiting", 1, 2)
    assert second.seconds_left == first.seconds_left + 2
    assert runner.waiting() == runner.waiting("cpu") == 2
    assert runner.waiting("cuda") == 0
    runs[3].close()
    assert next(ninth).state == "running"
    assert next(tenth).place == 1


def test_who_waits_for_admission_can_be_cancelled():
    runner = runner_of()
    runs = crowd(runner)
    ninth = runner.submit("walk", WalkRequest(), "ninth")
    next(ninth)
    runner.cancel("ninth")
    assert [update.state for update in ninth] == ["cancelled"]
    assert runner.waiting() == 0
    assert all(last(updates).state == "done" for updates in runs)


def test_a_run_left_while_it_waits_gives_up_its_place():
    runner = runner_of()
    runs = crowd(runner)
    ninth = runner.submit("walk", WalkRequest(), "ninth")
    next(ninth)
    assert runner.waiting() == 1
    ninth.close()
    assert runner.waiting() == 0
    assert len(runs) == RUNS_AT_ONCE


def test_the_wait_is_reported_again_and_again(monkeypatch):
    monkeypatch.setattr(run_module, "BEAT", 0.001)
    runner = runner_of()
    runs = crowd(runner)
    ninth = runner.submit("walk", WalkRequest(), "ninth")
    assert [next(ninth).state for _ in range(3)] == ["waiting"] * 3
    runs[0].close()
    assert next(ninth).state == "running"


def test_devices_have_lines_of_their_own():
    runner = runner_of(pick={"cpu": "cpu", "gpu": "cuda"}.get)
    runs = crowd(runner)
    update = last(runner.submit("walk", WalkRequest(need="gpu"), "gpu"))
    assert (update.state, update.device) == ("done", "cuda")
    assert {last(updates).device for updates in runs} == {"cpu"}


# Stopping


def test_a_run_stops_within_one_step():
    steps, inside, go_on = [], threading.Event(), threading.Event()

    def run(request, context):
        while not context.cancelled:
            steps.append(1)
            inside.set()
            assert go_on.wait(PATIENCE)
            yield Frame(done=0.0)

    runner = runner_of(run)
    thread, seen = in_thread(runner.submit("walk", WalkRequest(), "ann"))
    assert inside.wait(PATIENCE)
    runner.cancel("ann")
    go_on.set()
    assert finished(thread)
    assert len(steps) == 1
    assert [update.state for update in seen] == ["running", "cancelled"]


def test_an_engine_is_closed_at_once_while_its_consumer_is_away():
    closed = []

    def run(request, context):
        try:
            while True:
                yield Frame(done=0.0)
        finally:
            closed.append(request.seed)

    runner = runner_of(run)
    updates = runner.submit("walk", WalkRequest(), "ann")
    next(updates)
    runner.cancel("ann")
    assert closed == [0]
    assert [update.state for update in updates] == ["cancelled"]


def test_leaving_a_run_frees_leases_and_lock_at_once():
    models = FakeModels()

    def run(request, context):
        with context.lease("zoo/a"):
            while True:
                yield Frame(done=0.0)

    runner = runner_of(run, models=models)
    runs = crowd(runner)
    assert len(models.leased) == RUNS_AT_ONCE
    for updates in runs:
        updates.close()
    assert models.leased == []
    assert last(runner_of().submit("walk", WalkRequest())).state == "done"
    assert len(crowd(runner)) == RUNS_AT_ONCE


def test_cancelling_during_a_load_gives_the_model_back():
    models = FakeModels(load=lambda id: runner.cancel("ann"))

    def run(request, context):
        with context.lease("zoo/a"):
            yield Frame(done=1.0)

    runner = runner_of(run, models=models)
    assert [update.state for update in runner.submit("walk", WalkRequest(), "ann")] == ["cancelled"]
    assert models.leased == []
    assert runner.waiting() == 0


def test_a_wait_for_a_model_that_was_cancelled_ends_as_cancelled():
    def refuse(id):
        raise Cancelled("This run was stopped.")

    def run(request, context):
        with context.lease("zoo/a"):
            yield Frame(done=1.0)

    assert last(runner_of(run, models=FakeModels(load=refuse)).submit("walk", WalkRequest())).state == "cancelled"


def test_an_older_run_has_ended_before_the_newer_begins():
    order, inside, go_on = [], threading.Event(), threading.Event()

    def run(request, context):
        order.append(("begins", request.seed))
        try:
            if request.seed == 0:
                inside.set()
                assert go_on.wait(PATIENCE)
            yield Frame(done=1.0)
        finally:
            order.append(("ends", request.seed))

    runner = runner_of(run)
    older, _ = in_thread(runner.submit("walk", WalkRequest(), "ann"))
    assert inside.wait(PATIENCE)
    newer, _ = in_thread(runner.submit("walk", WalkRequest(seed=1), "ann"))
    go_on.set()
    assert finished(older)
    assert finished(newer)
    assert order == [("begins", 0), ("ends", 0), ("begins", 1), ("ends", 1)]


def test_runs_cancelled_and_replaced_at_random_leave_nothing_behind():
    models = FakeModels()

    def run(request, context):
        with context.lease("zoo/a"):
            yield from walk(request, context)

    runner = runner_of(run, models=models)

    def visit(visitor):
        random = np.random.default_rng(visitor)
        for _ in range(30):
            updates = runner.submit("walk", WalkRequest(steps=6, seed=visitor), f"s{visitor % 4}")
            for _, _ in zip(range(random.integers(0, 9)), updates, strict=False):
                if random.random() < 0.2:
                    runner.cancel(f"s{random.integers(0, 4)}")
            updates.close()

    threads = [threading.Thread(target=visit, args=(visitor,), daemon=True) for visitor in range(12)]
    for thread in threads:
        thread.start()
    assert all(finished(thread) for thread in threads)
    line = runner._line("cpu")
    assert (models.leased, len(line), line.work) == ([], 0, {})
    assert (line.admission._free, line.lock._free) == (RUNS_AT_ONCE, 1)


def test_the_frames_of_a_run_that_is_over_are_let_go():
    runner = runner_of()
    assert last(runner.submit("walk", WalkRequest(), "ann")).state == "done"
    assert runner._sessions.find("ann").run is None
