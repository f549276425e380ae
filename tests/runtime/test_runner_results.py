"""How runs fail, what is remembered of them, and what they are given."""

from types import SimpleNamespace

import numpy as np
import pytest

from playground.runtime.contracts import Frame, Note, Tab
from playground.runtime.errors import InvalidRequest
from playground.runtime.lock import RUNS_AT_ONCE
from playground.runtime.results import ResultMemory
from playground.runtime.runner import Runner
from playground.runtime.settings import Settings
from tests.runtime.engines import (
    FakeClock,
    FakeModels,
    Position,
    WalkRequest,
    crowd,
    last,
    positions,
    runner_of,
    walk,
    working,
)

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


def test_a_fresh_run_is_computed_again_and_remembered_anew(memory):
    request = WalkRequest(steps=3)
    list(runner_of(lambda request, context: iter(()), memory=memory).submit("walk", request))
    runner = runner_of(memory=memory)
    fresh = list(runner.submit("walk", request, fresh=True))
    assert not any(update.remembered for update in fresh)
    assert positions(runner.recall("walk", request)) == positions(fresh) != []


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


# Uploads and engines


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
