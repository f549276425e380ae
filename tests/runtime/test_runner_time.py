"""Runs are cut when their time is up, go on from where they paused, and say how long they still take."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runtime import runner as runner_module
from playground.runtime.contracts import Frame, Note, State
from playground.runtime.run import CUT
from tests.runtime.backend_contract import ENDLESS
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
    last,
    positions,
    runner_of,
    until,
    walk,
    working,
)

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
    older, before = in_thread(runner.submit("walk", WalkRequest(steps=ENDLESS), "ann"))
    assert inside.wait(PATIENCE)
    change = Change(step=4, pace=2)
    newer, seen = in_thread(runner.submit("walk", WalkRequest(steps=ENDLESS, schedule=(change,)), "ann"))
    go_on.set()
    assert changed.wait(PATIENCE)
    runner.cancel("ann")
    assert finished(older)
    assert finished(newer)
    assert resumed == [0, 3]
    assert [(run[-1].state, run[-1].replaced) for run in (before, seen)] == [("cancelled", True), ("cancelled", False)]


def paused(runner, request, step):
    """Stop a run of this visitor's once it has done so many steps; the step from which it would go on."""
    updates = runner.submit("walk", request, "ann")
    for update in updates:
        if isinstance(update.frame, Position) and update.frame.step == step:
            break
    return runner.pause("ann", request)


@pytest.fixture
def noted():
    """A runner, and the steps that its engine did."""
    steps = []

    def run(request, context):
        for frame in walk(request, context):
            steps.append(frame.step)
            yield frame

    return runner_of(run), steps


def straight(request):
    return positions(runner_of().submit("walk", request))


def test_a_paused_run_goes_on_with_a_change_then_further_and_then_beyond_its_end(noted):
    runner, steps = noted
    request = WalkRequest(steps=600)
    assert paused(runner, request, 137) == 137

    changed = request.with_(schedule=(Change(step=137, pace=3),))
    assert paused(runner, changed, 300) == 300
    assert positions(runner.submit("walk", changed, "ann")) == straight(changed)
    assert runner.pause("ann", changed) == 600

    ten_more = changed.with_(steps=610)
    updates = list(runner.submit("walk", ten_more, "ann"))
    assert positions(updates) == straight(ten_more)
    assert (updates[-1].paused_at, updates[-1].can_continue) == (610, False)
    assert steps == list(range(1, 611))


def test_frames_from_before_are_told_from_new_ones(noted):
    runner, _ = noted
    paused(runner, WalkRequest(steps=6), 4)
    updates = list(runner.submit("walk", WalkRequest(steps=6), "ann"))
    assert [update.remembered for update in updates] == [True] * 4 + [False] * 3


def test_a_run_says_where_it_stopped(noted):
    runner, _ = noted
    updates = runner.submit("walk", WalkRequest(steps=6), "ann")
    assert [next(updates).paused_at for _ in range(2)] == [None, None]
    runner.cancel("ann")
    stopped = last(updates)
    assert (stopped.state, stopped.paused_at, stopped.can_continue) == ("cancelled", 2, True)


def test_a_run_that_was_stopped_before_its_first_step_can_go_on_from_the_state_before():
    runner = runner_of()
    request = WalkRequest(steps=9)
    assert paused(runner, request, 4) == 4
    changed = request.with_(schedule=(Change(step=4, pace=2),))
    updates = runner.submit("walk", changed, "ann")
    next(updates)  # a frame from before
    assert runner.pause("ann", changed) == 4
    stopped = last(updates)
    assert (stopped.state, stopped.paused_at) == ("cancelled", 4)
    assert positions(runner.submit("walk", changed, "ann")) == straight(changed)


def test_pausing_waits_until_the_state_is_there():
    inside = threading.Event()

    def run(request, context):
        for frame in walk(request, context):
            yield frame
            if frame.step == 3:
                inside.set()
                until(lambda: context.cancelled)

    runner = runner_of(run)
    request = WalkRequest(steps=9)
    thread, _ = in_thread(runner.submit("walk", request, "ann"))
    assert inside.wait(PATIENCE)
    assert runner.pause("ann", request) == 3
    assert finished(thread)


def test_pausing_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(runner_module, "ENDING", 0.0)
    inside, go_on = threading.Event(), threading.Event()

    def run(request, context):
        inside.set()
        assert go_on.wait(PATIENCE)
        yield Frame(done=1.0)

    runner = runner_of(run)
    thread, _ = in_thread(runner.submit("walk", WalkRequest(), "ann"))
    assert inside.wait(PATIENCE)
    assert runner.pause("ann", WalkRequest()) is None
    go_on.set()
    assert finished(thread)


def test_where_another_request_paused_is_nothing_to_go_on_from(noted):
    runner, _ = noted
    assert runner.pause("ann", WalkRequest()) is None
    paused(runner, WalkRequest(steps=9), 4)
    assert runner.pause("ann", WalkRequest(steps=9, seed=1)) is None
    assert runner.pause("bob", WalkRequest(steps=9)) is None


def test_a_rest_ends_with_the_run():
    runner = runner_of()
    updates = runner.submit("walk", WalkRequest(steps=9), "ann")
    next(updates)
    resting = threading.Thread(target=lambda: runner.rest("ann", 1e6), daemon=True)
    resting.start()
    runner.cancel("ann")
    assert finished(resting)
    assert last(updates).state == "cancelled"
    runner.rest("ann", 1e6)  # nothing is going on
    runner.rest("bob", 1e6)


def test_nobody_waits_for_a_run_that_rests_and_its_time_does_not_pass():
    clock = FakeClock()
    runner = runner_of(working(clock, 1.0, steps=4), clock=clock, time_box=5)
    slow = runner.submit("walk", WalkRequest(), "slow")
    next(slow)
    clock.now += 1000
    assert last(runner.submit("walk", WalkRequest(), "quick")).state == "done"
    assert last(slow).state == "done"


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
