import numpy as np
import pytest

from playground.runtime.contracts import Frame
from playground.tabs.sampling.hierarchy import engine
from playground.tabs.sampling.hierarchy.frames import HierarchyFailure, HierarchyFrame, HierarchyStart
from playground.tabs.sampling.hierarchy.request import Variant
from tests.tabs.sampling.hierarchy.trainings import Quiet, asked, same, small_data


@pytest.fixture(autouse=True)
def little_data(monkeypatch):
    monkeypatch.setattr(engine, "load", lambda name: small_data())


def shown(frames):
    """All but the signs of life."""
    return [frame for frame in frames if type(frame) is not Frame]


def test_it_starts_with_what_it_stands_on_and_a_picture_of_step_zero():
    start, first = shown(engine.run(asked(steps=0, groups=3, beside=(Variant(warm_up=0),)), Quiet()))
    assert isinstance(start, HierarchyStart)
    assert start.sides.tolist() == [4, 4, 8]
    assert start.dimensions == 64
    assert isinstance(first, HierarchyFrame)
    assert (first.step, first.kl.shape) == (0, (2, 3, 2))
    assert first.samples.dtype == np.uint8
    assert first.samples.shape == (2, 16, 8, 8, 1)


def test_pictures_come_on_the_grid_and_at_the_last_step():
    _, *pictures = shown(engine.run(asked(steps=9, every=4), Quiet()))
    assert [picture.step for picture in pictures] == [0, 4, 8, 9]
    assert pictures[-1].done == 1.0


@pytest.mark.parametrize("looks", [1, 5])
def test_a_run_that_was_paused_shows_what_it_would_have_shown(looks):
    request = asked(steps=8, every=4)
    through = shown(engine.run(request, Quiet()))
    context = Quiet(looks=looks)
    before = shown(engine.run(request, context))
    if before[-1].step % 4:
        before.pop()  # where it paused
    after = shown(engine.run(request, Quiet(context.saved)))
    assert all(same(one, other) for one, other in zip(before + after, through, strict=True))


def test_more_steps_go_on_from_a_finished_run():
    context = Quiet()
    shown(engine.run(asked(steps=4, every=4), context))
    (last,) = shown(engine.run(asked(steps=8, every=4), Quiet(context.saved)))
    assert same(last, shown(engine.run(asked(steps=8, every=4), Quiet()))[-1])


def test_a_rate_beyond_all_bounds_ends_with_a_failure_and_keeps_the_pictures():
    *earlier, failure = shown(engine.run(asked(learning_rate=1e9, steps=200), Quiet()))
    assert isinstance(failure, HierarchyFailure)
    assert len(earlier) >= 2
