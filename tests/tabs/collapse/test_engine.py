import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime.contracts import Frame
from playground.runtime.recorded_steps import is_recorded
from playground.tabs.collapse import data, engine
from playground.tabs.collapse.frames import CollapseFailure, CollapseFrame, CollapseStart
from tests.tabs.collapse.trainings import Quiet, asked, small_data


@pytest.fixture(autouse=True)
def little_data(monkeypatch):
    monkeypatch.setattr(data, "load", lambda request, attachment: small_data())


def shown(frames):
    """All but the signs of life."""
    return [frame for frame in frames if type(frame) is not Frame]


def equal(one, other):
    """Whether two frames are the same, bit for bit."""
    pairs = zip(vars(one).values(), vars(other).values(), strict=True)
    same = [
        np.array_equal(a, b, equal_nan=a.dtype.kind == "f") if isinstance(a, np.ndarray) else a == b for a, b in pairs
    ]
    return type(one) is type(other) and all(same)


def test_it_starts_with_the_ground_and_a_picture_of_step_zero():
    start, first, *_ = shown(engine.run(asked({}, {"dimension": 3}, steps=0), Quiet()))
    assert isinstance(start, CollapseStart)
    assert start.classes == ("a", "b")
    assert start.chance == 0.5
    assert start.dimensions.tolist() == [64, 3]
    assert start.batched.tolist() == [0, 1]
    assert isinstance(first, CollapseFrame)
    assert first.step == 0
    assert np.isnan(first.loss).all()
    assert np.isfinite(first.rank).all()


def test_pictures_come_on_the_grid_and_at_the_last_step():
    _, *pictures = shown(engine.run(asked(steps=27, every=5), Quiet()))
    assert [picture.step for picture in pictures] == [*range(11), 15, 20, 25, 27]
    assert pictures[-1].done == 1.0


def test_a_run_replays_identically():
    request = asked(
        {}, {"stop_gradient": False, "batch_norm": "hidden"}, steps=12, schedule=[(3, 1, "predictor", "none")]
    )
    pairs = zip(shown(engine.run(request, Quiet())), shown(engine.run(request, Quiet())), strict=True)
    assert all(equal(one, other) for one, other in pairs)


def test_a_change_shows_after_the_step_it_acts_on():
    calm, changed = (
        shown(engine.run(asked(steps=6, schedule=schedule), Quiet()))[1:]
        for schedule in ((), ((3, 0, "stop_gradient", False),))
    )
    assert [equal(one, other) for one, other in zip(calm, changed, strict=True)] == [True] * 4 + [False] * 3


@settings(max_examples=6, deadline=None)
@given(st.integers(1, 14), st.integers(0, 13), st.sampled_from(["none", "linear", "directpred", "random"]))
def test_a_run_that_was_paused_shows_what_it_would_have_shown(looks, when, predictor):
    schedule = ((when, 0, "predictor", predictor),)
    request = asked({}, {"target": "byol"}, steps=14, every=3, schedule=schedule)
    through = shown(engine.run(request, Quiet()))
    context = Quiet(looks=looks)
    before = shown(engine.run(request, context))
    if before[-1].step != 14 and not is_recorded(before[-1].step, 3):
        before.pop()  # where it paused
    after = shown(engine.run(request, Quiet(context.saved)))
    assert len(before + after) == len(through)
    assert all(equal(one, other) for one, other in zip(before + after, through, strict=True))


def test_a_run_that_pauses_shows_where_it_stands():
    context = Quiet(looks=18)
    *_, last = shown(engine.run(asked(steps=100, every=10, schedule=((16, 0, "predictor", "none"),)), context))
    assert last.step == context.saved.step == 18
    assert np.isnan(last.predictor_gradient).all()


@pytest.mark.parametrize("frames", range(2, 8))
def test_closing_it_between_two_frames_saves_where_it_is(frames):
    request = asked(steps=8, every=4)
    through = shown(engine.run(request, Quiet()))
    context = Quiet()
    run = engine.run(request, context)
    before = [next(run) for _ in range(frames)]
    run.close()
    after = shown(engine.run(request, Quiet(context.saved)))
    assert all(equal(one, other) for one, other in zip(shown(before) + after, through, strict=True))


def test_more_steps_go_on_from_a_finished_run():
    context = Quiet()
    short = shown(engine.run(asked(steps=13), context))
    long = shown(engine.run(asked(steps=30), Quiet(context.saved)))
    through = shown(engine.run(asked(steps=30), Quiet()))
    assert [frame.step for frame in long] == [20, 30]
    assert all(equal(one, other) for one, other in zip(long, through[-2:], strict=True))
    assert short[-1].step == 13


def test_a_rate_beyond_all_bounds_ends_with_a_sentence_and_keeps_the_pictures():
    request = asked({}, {"learning_rate": 1e9, "batch_norm": "none"}, steps=50)
    *earlier, failure = shown(engine.run(request, Quiet()))
    assert isinstance(failure, CollapseFailure)
    assert failure.variant == 1
    assert len(earlier) >= 2


def test_byol_without_stop_gradient_is_told_that_this_changes_nothing():
    start = next(iter(engine.run(asked({"target": "byol", "stop_gradient": False}, steps=0), Quiet())))
    assert start.notes == (engine.NO_WAY_BACK,)
