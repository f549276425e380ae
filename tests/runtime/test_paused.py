from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runtime.contracts import Frame, State
from playground.runtime.paused import Paused
from tests.runtime.engines import Change, PlainRequest, Position, WalkRequest


def paused_at(step, request=None, frames=()):
    return Paused(request or WalkRequest(steps=10), frames, State(step, {"at": np.zeros(2)}), saved=0.0)


def test_more_steps_lead_on():
    assert paused_at(10).leads_to(WalkRequest(steps=20))


def test_as_few_steps_as_were_done_lead_on_and_fewer_do_not():
    assert paused_at(4).leads_to(WalkRequest(steps=4))
    assert not paused_at(4).leads_to(WalkRequest(steps=3))
    assert not paused_at(4).leads_to(WalkRequest(steps=0))


def test_any_other_field_starts_afresh():
    assert not paused_at(4).leads_to(WalkRequest(steps=10, seed=1))


def test_another_way_to_draw_leads_on():
    assert paused_at(4).leads_to(WalkRequest(steps=10, color="bright"))


def test_a_change_from_the_states_step_on_leads_on():
    assert paused_at(4).leads_to(WalkRequest(steps=10, schedule=(Change(step=4, pace=2),)))


def test_a_change_before_the_states_step_starts_afresh():
    assert not paused_at(4).leads_to(WalkRequest(steps=10, schedule=(Change(step=3, pace=2),)))


def test_requests_without_steps_never_go_on():
    assert not paused_at(4, PlainRequest()).leads_to(PlainRequest())


def test_another_tabs_request_never_goes_on():
    assert not paused_at(4).leads_to(PlainRequest())


changes = st.lists(st.builds(Change, step=st.integers(0, 9), pace=st.sampled_from([1.0, 2.0])), max_size=3)
walks = st.builds(WalkRequest, steps=st.integers(0, 10), schedule=changes.map(tuple), seed=st.integers(0, 1))


@given(walks, walks, st.integers(0, 10))
def test_it_leads_on_exactly_when_all_that_acted_is_equal(before, after, step):
    def acted(request):
        """What every step before the State's saw."""
        return [(request.seed, [c for c in request.schedule if c.step <= done]) for done in range(step)]

    equal = acted(before) == acted(after) and before.seed == after.seed and after.steps >= step
    assert paused_at(step, before).leads_to(after) == equal


def test_earlier_frames_become_shares_of_the_longer_run():
    frames = (Position(done=0.5, step=5, at=np.zeros(1)), Position(done=1.0, step=10, at=np.zeros(1)))
    earlier = paused_at(10, frames=frames).earlier(WalkRequest(steps=20))
    assert [frame.done for frame in earlier] == [0.25, 0.5]
    assert [frame.step for frame in earlier] == [5, 10]


@dataclass(frozen=True)
class Nested(Frame):
    deep: tuple[Any, ...]
    named: dict[str, Any]


@pytest.mark.parametrize(
    ("frame", "size"),
    [
        (Position(done=0.5, step=5, at=np.zeros(3)), 24),
        (Frame(done=0.5), 0),
        (Nested(0.5, (Position(0.5, 5, np.zeros(2)), "words", (np.zeros(1),)), {"a": np.zeros(4), "b": 1.0}), 56),
    ],
)
def test_its_size_is_that_of_all_arrays_however_deep(frame, size):
    assert paused_at(5).bytes() == 16
    assert paused_at(5, frames=(frame, frame)).bytes() == 16 + 2 * size
