import threading
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runtime import run as run_module
from playground.runtime.contracts import Frame, Note, State, Tab
from playground.runtime.errors import Cancelled, InvalidRequest
from playground.runtime.lock import RUNS_AT_ONCE, FairSemaphore
from playground.runtime.results import ResultMemory
from playground.runtime.run import CUT
from playground.runtime.runner import Runner
from playground.runtime.settings import Settings
from tests.runtime.backend_contract import ENDLESS, BackendContract
from tests.runtime.engines import (
    PATIENCE,
    Change,
    FakeClock,
    FakeModels,
    PlainRequest,
    Position,
    WalkRequest,
    finished,
    in_thread,
    positions,
    runner_of,
    until,
    walk,
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


def last(updates):
    return list(updates)[-1]


def working(clock, seconds, steps=ENDLESS):
    """An engine whose every step takes so many seconds."""

    def run(request, context):
        for step in range(steps):
            clock.now += seconds
            yield Frame(done=(step + 1) / steps)

    return run


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


def crowd(runner):
    """As many runs as may work at once, each with its consumer away."""
    runs = [runner.submit("walk", WalkRequest(steps=5), f"s{number}") for number in range(RUNS_AT_ONCE)]
    for updates in runs:
        assert next(updates).state == "running"
    return runs


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


# The time box


def test_a_run_is_cut_after_its_seconds_of_work():
    clock = FakeClock()
    updates = list(runner_of(working(clock, 1.0), clock=clock, time_box=5).submit("walk", WalkRequest()))
    assert [update.state for update in updates] == ["running"] * 5 + ["cut"]
    assert updates[-1].note == Note(CUT, {"seconds": "5"})
    assert not updates[-1].can_continue


def test_a_run_on_ones_own_machine_is_never_cut():
    clock = FakeClock()
    assert last(runner_of(working(clock, 1e6, steps=9), clock=clock).submit("walk", WalkRequest())).state == "done"


def test_a_run_that_ends_with_its_time_is_done():
    clock = FakeClock()
    runner = runner_of(working(clock, 1.0, steps=5), clock=clock, time_box=5)
    assert last(runner.submit("walk", WalkRequest())).state == "done"


def test_only_work_counts_not_the_consumer_nor_the_load():
    clock = FakeClock()

    def load(id):
        clock.now += 1000

    def run(request, context):
        with context.lease("zoo/a"):
            yield from working(clock, 1.0, steps=4)(request, context)

    updates = runner_of(run, models=FakeModels(load), clock=clock, time_box=5).submit("walk", WalkRequest())
    states = []
    for update in updates:
        states.append(update.state)
        clock.now += 1000
    assert states[-1] == "done"


def test_an_engine_without_frames_learns_that_its_time_is_up():
    clock = FakeClock()

    def run(request, context):
        while not context.cancelled:
            clock.now += 1
        yield from ()

    assert last(runner_of(run, clock=clock, time_box=5).submit("walk", WalkRequest())).state == "cut"
    assert clock.now == 105


def test_a_cut_run_offers_to_continue_and_continuing_gives_the_same_frames():
    clock = FakeClock()

    def run(request, context):
        for frame in walk(request, context):
            clock.now += 1
            yield frame

    request = WalkRequest(steps=8)
    runner = runner_of(run, clock=clock, time_box=3)
    cut = list(runner.submit("walk", request, "ann"))
    assert (cut[-1].state, cut[-1].can_continue, len(positions(cut))) == ("cut", True, 3)
    assert len(positions(runner.submit("walk", request, "ann"))) == 6
    assert positions(runner.submit("walk", request, "ann")) == positions(runner_of().submit("walk", request))


# Going on


@given(
    stop=st.integers(0, 9),
    steps=st.integers(1, 12),
    before=st.lists(st.builds(Change, step=st.integers(0, 9), pace=st.sampled_from([2.0, 3.0])), max_size=2),
    after=st.lists(st.builds(Change, step=st.integers(0, 9), pace=st.sampled_from([2.0, 3.0])), max_size=2),
)
def test_a_run_that_went_on_and_one_from_the_start_give_the_same_frames(stop, steps, before, after):
    runner = runner_of()
    first = runner.submit("walk", WalkRequest(steps=10, schedule=tuple(before)), "ann")
    for _ in range(stop):
        next(first)
    first.close()
    longer = WalkRequest(steps=steps, schedule=tuple(before + after))
    assert positions(runner.submit("walk", longer, "ann")) == positions(runner_of().submit("walk", longer))


def test_a_longer_run_does_only_the_new_steps():
    done = []

    def run(request, context):
        for frame in walk(request, context):
            done.append(frame.step)
            yield frame

    runner = runner_of(run)
    list(runner.submit("walk", WalkRequest(steps=4), "ann"))
    updates = list(runner.submit("walk", WalkRequest(steps=6), "ann"))
    assert done == [1, 2, 3, 4, 5, 6]
    assert [step for step, _ in positions(updates)] == [1, 2, 3, 4, 5, 6]
    assert [update.frame.done for update in updates[:-1]] == pytest.approx([k / 6 for k in range(1, 7)])


def test_a_change_while_running_goes_on_from_the_step_where_the_old_run_was():
    resumed, inside, go_on, changed = [], threading.Event(), threading.Event(), threading.Event()

    def run(request, context):
        resumed.append(context.resume.step if context.resume else 0)
        for frame in walk(request, context):
            yield frame
            if not request.schedule and frame.step == 3:
                inside.set()
                assert go_on.wait(PATIENCE)
            elif request.schedule:
                changed.set()

    runner = runner_of(run)
    older, _ = in_thread(runner.submit("walk", WalkRequest(steps=ENDLESS), "ann"))
    assert inside.wait(PATIENCE)
    change = Change(step=4, pace=2)
    newer, seen = in_thread(runner.submit("walk", WalkRequest(steps=ENDLESS, schedule=(change,)), "ann"))
    go_on.set()
    assert changed.wait(PATIENCE)
    runner.cancel("ann")
    assert finished(older)
    assert finished(newer)
    assert resumed == [0, 3]
    assert seen[-1].state == "cancelled"


def test_a_request_without_steps_always_starts_at_the_beginning():
    def run(request, context):
        assert context.resume is None
        context.save(State(1))
        yield Frame(done=1.0)

    runner = runner_of(run, PlainRequest)
    states = [last(runner.submit("plain", PlainRequest(), "ann")).state for _ in range(2)]
    assert states == ["done", "done"]


def test_a_visitor_who_left_starts_afresh():
    steps = []

    def run(request, context):
        steps.append(context.resume)
        yield from walk(request, context)

    runner = runner_of(run)
    for _ in range(2):
        list(runner.submit("walk", WalkRequest(), "ann"))
        runner.forget("ann")
    assert steps == [None, None]


# Failing


def test_a_sentence_of_ours_is_passed_on():
    def run(request, context):
        yield Frame(done=0.1)
        raise InvalidRequest("There is no {thing}.", thing="spoon")

    updates = list(runner_of(run).submit("walk", WalkRequest()))
    assert [update.state for update in updates] == ["running", "failed"]
    assert updates[-1].note == Note("There is no {thing}.", {"thing": "spoon"})


def test_the_log_names_the_run_and_the_exception_but_quotes_nobody(caplog):
    def run(request, context):
        raise ValueError(f"cannot read {request.secret}")
        yield

    update = last(runner_of(run).submit("walk", WalkRequest(secret="my diary"), "ann"))
    (record,) = caplog.records
    assert (record.run_id, record.tab, record.error) == (update.run_id, "walk", "builtins.ValueError")
    assert "in run" in caplog.text
    assert "diary" not in caplog.text


def test_an_engine_that_cannot_be_imported_is_a_failed_run(caplog):
    def missing():
        raise ImportError("no such module")

    runner = Runner({"walk": Tab("walk", WalkRequest, missing)}, FakeModels(), memory=None, settings=Settings())
    assert last(runner.submit("walk", WalkRequest())).state == "failed"
    assert "ImportError" in caplog.text


def test_an_engine_that_fails_while_it_is_closed_makes_room(caplog):
    def run(request, context):
        try:
            while True:
                yield Frame(done=0.0)
        finally:
            raise RuntimeError("dirty")

    runner = runner_of(run)
    for updates in crowd(runner):
        updates.close()
    assert len(crowd(runner)) == RUNS_AT_ONCE
    assert "failed while it was closed" in caplog.text


def test_a_failed_run_makes_room():
    def run(request, context):
        raise InvalidRequest("No.")
        yield

    runner = runner_of(run)
    assert [last(runner.submit("walk", WalkRequest())).state for _ in range(20)] == ["failed"] * 20
    assert runner.waiting() == 0


# Remembering


@pytest.fixture
def memory(tmp_path):
    return ResultMemory(tmp_path, 10**7)


def test_a_finished_run_is_replayed_to_everybody(memory):
    request = WalkRequest(steps=3)
    live = list(runner_of(memory=memory).submit("walk", request, "ann"))
    replayed = list(runner_of(lambda request, context: 1 / 0, memory=memory).submit("walk", request, "bob"))
    assert positions(replayed) == positions(live)
    assert not any(update.remembered for update in live)
    assert all(update.remembered for update in replayed)
    assert [update.state for update in replayed] == ["running"] * 3 + ["done"]


def test_recall_gives_a_remembered_run_or_none(memory):
    runner = runner_of(memory=memory)
    assert runner.recall("walk", WalkRequest()) is None
    list(runner.submit("walk", WalkRequest()))
    assert positions(runner.recall("walk", WalkRequest())) == positions(runner_of().submit("walk", WalkRequest()))
    assert runner.recall("walk", WalkRequest(seed=1)) is None
    assert runner_of().recall("walk", WalkRequest()) is None


def test_other_weights_another_engine_or_device_are_other_runs(memory):
    request, changed = WalkRequest(leased=("zoo/a",)), FakeModels()
    changed.weights["zoo/a"] = "other"
    list(runner_of(memory=memory).submit("walk", request))
    assert runner_of(memory=memory).recall("walk", request)
    assert runner_of(memory=memory, models=changed).recall("walk", request) is None
    assert runner_of(memory=memory, version="2").recall("walk", request) is None
    assert runner_of(memory=memory, pick=lambda need: "cuda").recall("walk", request) is None


def test_a_run_on_an_unknown_model_is_not_remembered(memory):
    runner = runner_of(memory=memory)
    request = WalkRequest(leased=("zoo/unknown",))
    assert last(runner.submit("walk", request)).state == "done"
    assert runner.recall("walk", request) is None


def test_cut_cancelled_and_failed_runs_are_not_remembered(memory, tmp_path):
    clock = FakeClock()
    last(runner_of(working(clock, 1.0), clock=clock, time_box=2, memory=memory).submit("walk", WalkRequest()))
    last(runner_of(lambda request, context: 1 / 0, memory=memory).submit("walk", WalkRequest()))
    runner = runner_of(memory=memory)
    updates = runner.submit("walk", WalkRequest(), "ann")
    next(updates)
    runner.cancel("ann")
    assert last(updates).state == "cancelled"
    assert list(tmp_path.iterdir()) == []


def test_personal_requests_are_not_remembered(memory, tmp_path):
    runner = runner_of(memory=memory)
    upload = runner.attach("ann", "file", "a.txt", b"words")
    for request in (WalkRequest(secret="mine"), WalkRequest(file=upload)):
        assert last(runner.submit("walk", request, "ann")).state == "done"
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_went_on_is_not_remembered(memory):
    runner = runner_of(memory=memory)
    list(runner.submit("walk", WalkRequest(steps=3), "ann"))
    list(runner.submit("walk", WalkRequest(steps=6), "ann"))
    assert runner.recall("walk", WalkRequest(steps=3))
    assert runner.recall("walk", WalkRequest(steps=6)) is None


def test_a_run_that_fell_back_to_another_device_says_so_and_is_not_remembered(memory):
    note = Note("Out of memory on the GPU: this run uses the CPU.")

    def run(request, context):
        with context.lease("zoo/a"):
            yield Frame(done=1.0)

    models = FakeModels(device="cpu", note=note)
    runner = runner_of(run, models=models, memory=memory, pick=lambda need: "cuda")
    update = last(runner.submit("walk", WalkRequest()))
    assert (update.state, update.device, update.note) == ("done", "cpu", note)
    assert runner.recall("walk", WalkRequest()) is None


# Progress and uploads


def test_time_left_follows_the_pace_of_work():
    clock = FakeClock()
    updates = runner_of(working(clock, 2.0, steps=4), clock=clock).submit("walk", WalkRequest())
    assert [update.seconds_left for update in updates] == [6.0, 4.0, 2.0, 0.0, None]


def test_time_left_of_a_run_that_went_on_counts_only_its_own_work():
    clock = FakeClock()

    def run(request, context):
        for frame in walk(request, context):
            clock.now += 1
            yield frame

    runner = runner_of(run, clock=clock)
    list(runner.submit("walk", WalkRequest(steps=4), "ann"))
    left = [update.seconds_left for update in runner.submit("walk", WalkRequest(steps=8), "ann")]
    assert left == [None] * 4 + [pytest.approx(seconds) for seconds in (3.0, 2.0, 1.0, 0.0)] + [None]


def test_an_engine_reads_its_upload_until_the_visitor_leaves():
    read = []

    def run(request, context):
        read.append(context.attachment("file"))
        yield Frame(done=1.0)

    runner = runner_of(run)
    request = WalkRequest(file=runner.attach("ann", "file", "a.txt", b"words"))
    assert last(runner.submit("walk", request, "ann")).state == "done"
    runner.forget("ann")
    assert str(last(runner.submit("walk", request, "ann")).note) == (
        "The file a.txt is no longer on this server: upload it again."
    )
    assert read == [b"words"]


def test_an_engine_may_be_any_iterator():
    runner = runner_of(lambda request, context: iter([Position(done=1.0, step=1, at=np.zeros(1))]))
    updates = runner.submit("walk", WalkRequest(), "ann")
    assert next(updates).frame.step == 1
    assert last(updates).state == "done"


def test_a_tab_is_imported_when_it_is_first_needed():
    imported = []

    def engine():
        imported.append(1)
        return SimpleNamespace(VERSION="1", FRAMES=(Position,), run=walk)

    runner = Runner({"walk": Tab("walk", WalkRequest, engine)}, FakeModels(), memory=None, settings=Settings())
    updates = runner.submit("walk", WalkRequest())
    assert imported == []
    assert last(updates).state == "done"
    assert imported
