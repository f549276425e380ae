import numpy as np
import pytest

from playground.runtime.contracts import Frame
from playground.tabs.sampling.critic.frames import Batches, CriticFrame, CriticStart, Likenesses

SMALL = {"width": 16, "batch": 16, "critics": ("penalty", "c-transform")}


def of(kind, frames):
    return [frame for frame in frames if isinstance(frame, kind)]


def same(one, other):
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in vars(one))


def test_a_run_starts_with_its_ground_and_ends_with_its_last_step(run):
    frames = [frame for frame in run(steps=23, **SMALL) if type(frame) is not Frame]
    assert isinstance(frames[0], CriticStart)
    assert [frame.step for frame in frames[1:]] == [*range(11), 20, 23]
    assert frames[-1].done == 1


def test_a_run_that_goes_on_gives_the_pictures_of_one_that_went_straight_through(run, context):
    first = context()
    run(first, steps=6, generator=True, **SMALL)
    on = of(CriticFrame, run(context(resume=first.saved), steps=12, generator=True, **SMALL))
    straight = of(CriticFrame, run(steps=12, generator=True, **SMALL))
    assert [frame.step for frame in on] == [7, 8, 9, 10, 12]
    assert all(same(*pair) for pair in zip(on, straight[7:], strict=True))


def test_a_cancelled_run_saves_where_it_stands(run, context):
    cancelled = context(until=4)
    run(cancelled, steps=50, **SMALL)
    assert 0 < cancelled.saved.step < 50


def test_digits_are_bytes_and_have_a_frechet_distance(run):
    frames = run(data="digits", generator=True, steps=1, **SMALL)
    start, last = of(CriticStart, frames)[0], of(CriticFrame, frames)[-1]
    assert start.real.shape == (24, 8, 8, 1)
    assert last.fakes.shape == (2, 24, 8, 8, 1)
    assert last.fakes.dtype == start.real.dtype == np.uint8
    assert (last.frechet > start.frechet).all()


@pytest.mark.parametrize(("data", "shape"), [("line", (2, 41)), ("rings", (2, 41, 41))])
def test_points_have_a_landscape_and_no_frechet_distance(run, data, shape):
    last = run(data=data, steps=0, **SMALL)[-1]
    assert last.landscape.shape == shape
    assert np.isnan(last.frechet).all()


def test_batches_are_compared_in_every_dimension_and_at_every_size(run):
    found = of(Batches, run(exhibit="batches", repeats=2, batch=24, dimension=3))
    assert [each.dimension for each in found if each.sweep == "dimension"][:5] == [1, 2, 3, 4, 8]
    assert [each.batch for each in found if each.sweep == "batch"] == [8, 16, 24, 32, 64, 128]
    assert {each.dimension for each in found if each.sweep == "batch"} == {3}
    assert all(len(each.real) == 2 for each in found)


def test_digits_have_no_more_than_64_dimensions_and_are_shown(run):
    frames = run(exhibit="batches", ground="digits", repeats=2, batch=16, dimension=300)
    assert max(each.dimension for each in of(Batches, frames)) == 64
    (shown,) = of(Likenesses, frames)
    assert (shown.real.shape, shown.mean.shape, shown.centres.shape) == ((24, 8, 8, 1), (1, 8, 8, 1), (16, 8, 8, 1))


def test_a_cancelled_comparison_ends(run, context):
    assert len(run(context(until=3), exhibit="batches", repeats=2)) == 3
