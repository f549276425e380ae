from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime.frames import pack, unpack
from playground.tabs.matching.train import engine
from playground.tabs.matching.train.frames import TrainFailure, TrainFrame, TrainStart
from playground.tabs.matching.train.request import LOSSES
from tests.tabs.matching.train.runs import Quiet, asked, equal, pictures

pytestmark = pytest.mark.usefixtures("little_data")


def test_it_starts_with_the_ground_and_a_picture_of_step_zero():
    start, first = pictures(asked(steps=0))
    assert isinstance(start, TrainStart)
    assert (start.losses, start.pairs, start.seen, start.validation) == (("softmax", "cosent"), 80, 80, 40)
    assert start.links.shape == (40, 2)
    assert isinstance(first, TrainFrame)
    assert first.points.shape == (2, len(start.texts), 2)
    assert first.spearman[0] == first.spearman[1]


def test_pictures_come_on_the_grid_and_at_the_last_step():
    _, *taken = pictures(asked(steps=12))
    assert [picture.step for picture in taken] == [0, 5, 10, 12]


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 30), st.sampled_from(LOSSES[1:]))
def test_a_run_that_was_paused_shows_what_it_would_have_shown(looks, loss):
    request = asked("cosine-mse", loss, steps=14)
    through, context = pictures(request), Quiet(looks=looks)
    before = pictures(request, context)
    if before[-1].step % request.every:
        before.pop()  # where it paused
    after = pictures(request, Quiet(context.saved))
    assert len(before + after) == len(through)
    assert all(equal(one, other) for one, other in zip(before + after, through, strict=True))


def test_more_steps_go_on_from_a_finished_run():
    context = Quiet()
    pictures(asked(steps=7), context)
    *_, last = pictures(asked(steps=12), Quiet(context.saved))
    assert equal(last, pictures(asked(steps=12))[-1])


@pytest.mark.parametrize("loss", LOSSES[1:])
def test_no_loss_changes_the_numbers_of_another(loss):
    two, five = ("cosine-mse", loss), tuple(dict.fromkeys((*LOSSES[:4], loss)))
    alone, beside = (pictures(asked(*names, steps=6)) for names in (two, five))
    places = [names[0].losses.index(loss) for names in (alone, beside)]
    for name, value in vars(alone[-1]).items():
        if isinstance(value, np.ndarray):
            assert np.array_equal(value[places[0]], vars(beside[-1])[name][places[1]], equal_nan=True), name


def test_frames_come_back_as_they_were_packed():
    frames = pictures(asked(steps=3))
    assert all(equal(*pair) for pair in zip(frames, unpack(pack(frames), engine.FRAMES), strict=True))


def test_a_loss_that_is_no_number_ends_the_run_with_its_name():
    context = Quiet()
    pictures(asked(steps=5), context)
    weight = "cosent.module.0.weight"
    broken = {**context.saved.arrays, weight: np.full_like(context.saved.arrays[weight], np.nan)}
    *_, failure = pictures(asked(steps=12), Quiet(replace(context.saved, arrays=broken)))
    assert (type(failure), failure.step, failure.loss) == (TrainFailure, 5, "cosent")


def test_a_rate_beyond_all_bounds_still_gives_numbers_that_can_be_drawn():
    *_, last = pictures(asked("cosine-mse", "softmax", steps=10, learning_rate=1e9))
    assert np.isfinite(last.points).all()
