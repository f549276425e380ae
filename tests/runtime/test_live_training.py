from dataclasses import dataclass

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime import live_training
from playground.runtime.contracts import Frame, State
from playground.runtime.live_training import pictures, step_generator


@dataclass(frozen=True)
class Start(Frame):
    pass


@dataclass(frozen=True)
class Picture(Frame):
    step: int
    total: float


class Summing:
    """A training that adds up what it draws; it cannot go beyond step `breaks`."""

    def __init__(self, resume=None, breaks=10**9):
        self.step = resume.step if resume else 0
        self.total = float(resume.arrays["total"]) if resume else 0.0
        self.breaks, self.failure = breaks, None

    def advance(self):
        if self.step == self.breaks:
            self.failure = Frame(0.5)
            return False
        self.total += float(torch.rand(1, generator=step_generator(7, self.step)))
        self.step += 1
        return True

    def measure(self):
        return Picture(0.0, self.step, self.total)

    def state(self):
        return State(self.step, {"total": torch.tensor(self.total, dtype=torch.float64).numpy()})


class Looked:
    """A context that cancels after so many looks and keeps the State."""

    def __init__(self, resume=None, looks=10**9):
        self.resume, self.looks, self.saved = resume, looks, None

    @property
    def cancelled(self):
        self.looks -= 1
        return self.looks < 0

    def save(self, state):
        self.saved = state


def run(steps, context=None, every=5, **options):
    context = context or Looked()
    training = Summing(context.resume, **options)
    return list(pictures(training, steps, lambda step: step % every == 0, context, lambda: Start(0.0)))


def test_a_run_starts_with_its_ground_and_has_a_picture_at_each_step_that_is_due_and_at_the_last():
    start, *taken = run(12)
    assert isinstance(start, Start)
    assert [picture.step for picture in taken] == [0, 5, 10, 12]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 12), st.integers(0, 20))
def test_pausing_and_going_on_shows_what_going_straight_through_would(looks, more):
    steps = 12 + more
    through, context = run(steps), Looked(looks=looks)
    before = run(12, context)
    if before[-1].step % 5 and before[-1].step != steps:
        before.pop()  # where it paused
    after = run(steps, Looked(context.saved))
    assert before + after == through


def test_a_run_that_pauses_shows_where_it_stands():
    context = Looked(looks=8)
    assert run(100, context)[-1].step == context.saved.step == 8


def test_a_run_that_breaks_off_says_why_and_keeps_where_it_was():
    context = Looked()
    *_, failure = run(12, context, breaks=7)
    assert failure == Frame(0.5)
    assert context.saved.step == 7


def test_signs_of_life_come_between_pictures(monkeypatch):
    monkeypatch.setattr(live_training, "BEAT", -1.0)
    assert [frame.done for frame in run(4, every=2) if type(frame) is Frame] == [0.25, 0.75]


def test_seed_step_and_purpose_alone_decide_what_is_drawn():
    drawn = [torch.rand(3, generator=step_generator(*words)).tolist() for words in ((1, 2), (1, 2), (1, 2, 3), (2, 1))]
    assert drawn[0] == drawn[1]
    assert len({tuple(each) for each in drawn}) == 3


def test_closing_it_between_two_frames_loses_and_repeats_no_picture():
    for count in range(2, 8):
        context = Looked()
        going = slowly(context)
        before = [next(going) for _ in range(count)]
        going.close()
        seen = [frame for frame in before + list(slowly(Looked(context.saved))) if type(frame) is not Frame]
        assert seen == run(4, every=2)


def slowly(context):
    """A run whose pictures take so long that an empty frame goes before each."""
    training = Summing(context.resume)

    def measure():
        yield Frame(0.0)
        yield training.measure()

    return pictures(training, 4, lambda step: step % 2 == 0, context, lambda: Start(0.0), measure)
