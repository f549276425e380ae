import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime.contracts import Frame
from playground.tabs.sampling.autoencoders import engine
from playground.tabs.sampling.autoencoders.frames import AutoencodersFailure, AutoencodersFrame, AutoencodersStart
from playground.tabs.sampling.autoencoders.request import TREATMENTS
from tests.tabs.sampling.autoencoders.runs import Quiet, asked, equal, pictures

pytestmark = pytest.mark.usefixtures("little_data")


def test_it_starts_with_the_ground_and_a_picture_of_step_zero():
    start, first = pictures(asked(steps=0))
    assert isinstance(start, AutoencodersStart)
    assert (start.treatments, start.count, start.originals.shape) == (("ae", "eae"), 40, (8, 8, 8, 1))
    assert isinstance(first, AutoencodersFrame)
    assert np.isnan(first.loss).all()
    assert np.isfinite(first.frechet).all()
    assert first.normal.shape == first.mixture.shape == (2, 16, 8, 8, 1)


def test_pictures_come_on_the_grid_and_at_the_last_step():
    _, *taken = pictures(asked("ae", steps=24))
    assert [picture.step for picture in taken] == [0, 10, 20, 24]


def test_a_sign_of_life_comes_between_the_treatments_that_are_measured():
    kinds = [type(frame) for frame in engine.run(asked("ae", "aebn", "eae", steps=0), Quiet())]
    assert kinds == [AutoencodersStart, Frame, Frame, AutoencodersFrame]


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 12), st.sampled_from(TREATMENTS))
def test_a_run_that_was_paused_shows_what_it_would_have_shown(looks, treatment):
    request = asked(treatment, steps=14)
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


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_no_treatment_changes_the_numbers_of_another(treatment):
    alone, beside = (pictures(asked(*names, steps=6))[-1] for names in ((treatment,), TREATMENTS))
    place = TREATMENTS.index(treatment)
    for name, value in vars(alone).items():
        if isinstance(value, np.ndarray):
            assert np.array_equal(value[0], vars(beside)[name][place], equal_nan=value.dtype.kind == "f"), name


def test_a_rate_beyond_all_bounds_ends_with_a_sentence_and_keeps_the_pictures():
    *earlier, failure = pictures(asked(steps=50, learning_rate=1e9))
    assert isinstance(failure, AutoencodersFailure)
    assert failure.treatment in ("ae", "eae")
    assert len(earlier) >= 2


def test_codes_of_two_numbers_come_along_as_points():
    assert pictures(asked(steps=0, latents=2))[-1].points.shape == (2, 40, 2)
    assert pictures(asked(steps=0))[-1].points.shape == (2, 0, 2)
