from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.runtime.contracts import Frame
from playground.runtime.errors import InvalidRequest
from playground.runtime.frames import pack, unpack
from playground.tabs.prompting.few_shot import engine
from playground.tabs.prompting.few_shot.frames import FewShotResult, FewShotSplit, FewShotStart, FewShotStep
from tests.tabs.prompting.few_shot.fakes import Quiet, asked

pytestmark = pytest.mark.usefixtures("method")


def frames(request, context=None):
    return list(engine.run(request, context or Quiet()))


def results(taken):
    found = [frame for frame in taken if isinstance(frame, FewShotResult)]
    return {(frame.method, frame.shots, frame.seed): frame.accuracy for frame in found}


def test_it_starts_with_the_ground_and_the_labelled_texts():
    start, split, *_ = frames(asked())
    assert isinstance(start, FewShotStart)
    assert (start.task, start.labels, start.words) == ("pasted.csv", ("x", "y"), (("x",), ("y",)))
    assert (start.pool.tolist(), start.test.tolist()) == ([8, 8], [4, 4])
    assert isinstance(split, FewShotSplit)
    assert split.labels == ("x", "y") * 4


def test_every_training_ends_in_a_result():
    assert list(results(frames(asked()))) == [
        ("linear-probe", 2, 0),
        ("linear-probe", 4, 0),
        ("linear-probe", 2, 1),
        ("linear-probe", 4, 1),
    ]


def test_a_result_counts_every_test_text():
    found = [frame for frame in frames(asked()) if isinstance(frame, FewShotResult)]
    assert all(frame.confusion.sum(axis=1).tolist() == [4, 4] for frame in found)
    assert all(frame.accuracy == np.trace(frame.confusion) / 8 for frame in found)
    assert all(frame.details == {"fake": 1.0} for frame in found)


def test_small_splits_are_the_beginning_of_the_shown_one(method):
    _, split, *_ = frames(asked(seeds=1))
    for setting in method.settings:
        assert tuple(example.text for example in setting.train) == split.texts[: len(setting.train)]
        assert not set(setting.unlabelled) & {example.text for example in setting.train}


def test_all_methods_learn_from_the_same_split(method):
    frames(asked("linear-probe", "pet", seeds=1))
    one, other, *_ = method.settings
    assert (one.train, one.unlabelled, one.test) == (other.train, other.unlabelled, other.test)


def test_test_texts_are_never_learnt_from(method):
    frames(asked())
    for setting in method.settings:
        assert not set(setting.test) & ({example.text for example in setting.train} | set(setting.unlabelled))


def test_progress_only_grows_and_ends_at_one():
    shares = [frame.done for frame in frames(asked())]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_step_tells_the_loss_and_no_accuracy_before_there_is_one():
    steps = [frame for frame in frames(asked()) if isinstance(frame, FewShotStep)]
    assert steps[0].details == {"loss": 1.0}
    assert np.isnan(steps[0].accuracy)
    assert not np.isnan(steps[6].accuracy)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(looks=st.integers(0, 40))
def test_a_run_that_was_paused_comes_to_the_same_results(looks):
    context = Quiet(looks=looks)
    before = frames(asked(), context)
    after = frames(asked(), Quiet(context.saved))
    assert results(before) | results(after) == results(frames(asked()))


def test_a_paused_run_does_no_finished_stage_again(method):
    context = Quiet(looks=5)  # in the third stage
    frames(asked(seeds=1), context)
    assert sorted(context.saved.arrays) == ["Reading the texts", "Training"]
    method.stages.clear()
    frames(asked(seeds=1), Quiet(context.saved))
    assert method.stages[0] == "Scoring the test texts"


def test_more_seeds_go_on_where_fewer_ended():
    context = Quiet()
    first = results(frames(asked(seeds=1), context))
    assert context.saved.step == 2
    rest = results(frames(asked(seeds=3), Quiet(context.saved)))
    assert first | rest == results(frames(asked(seeds=3)))
    assert not set(first) & set(rest)


def test_the_same_request_gives_the_same_frames():
    def comparable(frame):
        return replace(frame, seconds=0.0) if isinstance(frame, FewShotResult) else frame

    one, other = ([comparable(frame) for frame in frames(asked())] for _ in range(2))
    assert pack(one) == pack(other)


def test_frames_can_be_remembered():
    taken = frames(asked(seeds=1))
    assert pack(unpack(pack(taken), (Frame, *engine.FRAMES))) == pack(taken)


def test_a_file_is_read_from_the_session():
    file = {"name": "mine.csv", "size": 3, "sha256": "0" * 64}
    data = "text,label\n" + "".join(f"a{n},p\nb{n},q\n" for n in range(9))
    start, *_ = frames(asked(pasted="", examples=file), Quiet(files={"examples": data.encode()}))
    assert (start.task, start.own, start.labels) == ("mine.csv", True, ("p", "q"))


def test_nothing_is_computed_for_a_task_that_cannot_be_learnt(method):
    with pytest.raises(InvalidRequest, match="K = 16 is more"):
        frames(asked(shots=(16,)))
    assert method.settings == []
