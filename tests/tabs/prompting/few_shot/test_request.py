from typing import get_args

import pytest
from pydantic import ValidationError

from playground.runtime.contracts import State
from playground.runtime.links import decode, encode
from playground.runtime.paused import Paused
from playground.runtime.results import is_personal
from playground.tabs.prompting.few_shot.method import METHODS
from playground.tabs.prompting.few_shot.request import CHINESE, ENCODER, ENGLISH, FewShotRequest, MethodName
from playground.tabs.prompting.tasks import TASKS
from tests.tabs.prompting.few_shot.fakes import asked


@pytest.mark.parametrize(
    "fields",
    [
        {"methods": ()},
        {"methods": ("bert",)},
        {"shots": ()},
        {"shots": (3,)},
        {"shots": (128,)},
        {"seeds": 0},
        {"seeds": 11},
        {"task": "sst2"},
        {"pasted": "x" * 1_000_000},
        {"rate": float("nan")},
        {"model": "../../etc/passwd"},
        {"tests": 10},
    ],
    ids=lambda fields: str(fields)[:30],
)
def test_what_is_out_of_bounds_is_refused(fields):
    with pytest.raises(ValidationError):
        FewShotRequest(**fields)


def test_every_method_can_be_asked_for():
    assert set(get_args(MethodName)) == set(METHODS)


def test_methods_and_shots_come_in_their_order_and_once():
    request = FewShotRequest(methods=("setfit", "pet", "setfit"), shots=(16, 1, 16))
    assert (request.methods, request.shots) == (("pet", "setfit"), (1, 16))


def test_a_run_with_fewer_seeds_is_the_beginning_of_one_with_more():
    fewer, more = FewShotRequest(seeds=2), FewShotRequest(seeds=5)
    assert more.trainings()[: fewer.steps] == fewer.trainings()
    assert len(more.trainings()) == more.steps


def test_more_seeds_go_on_from_the_state_and_fewer_or_others_do_not():
    paused = Paused(FewShotRequest(seeds=3), (), State(6), saved=0.0)
    assert paused.leads_to(FewShotRequest(seeds=4))
    assert not paused.leads_to(FewShotRequest(seeds=1))
    assert not paused.leads_to(FewShotRequest(seeds=4, tests=300))
    assert paused.leads_to(FewShotRequest(seeds=3, recorded=False))


@pytest.mark.parametrize("task", TASKS)
def test_the_zoos_model_is_that_of_the_tasks_language(task):
    expected = ENGLISH if task in ("mr", "subj") else CHINESE
    assert {FewShotRequest(task=task, model=model).masked_model() for model in (ENGLISH, CHINESE)} == {expected}


def test_own_texts_and_other_models_are_taken_at_their_word():
    assert asked(model=CHINESE).masked_model() == CHINESE
    assert FewShotRequest(task="su-sentiment", model="hub/bert").masked_model() == "hub/bert"


def test_a_chinese_model_needs_no_english_encoder():
    assert FewShotRequest(task="csl-category").models() == (CHINESE,)
    assert FewShotRequest(model="hub/hfl-chinese-roberta").encoder() is None
    assert FewShotRequest().models() == (ENGLISH, ENCODER)


def test_a_visitors_texts_are_never_remembered_and_never_in_a_link():
    file = {"name": "mine.csv", "size": 3, "sha256": "0" * 64}
    assert is_personal(FewShotRequest(examples=file))
    assert is_personal(asked())
    assert "0" * 64 not in encode(FewShotRequest(examples=file))
    assert not is_personal(FewShotRequest())


def test_a_request_survives_its_link():
    request = FewShotRequest(methods=("pet", "setfit"), shots=(1, 64), rate=1e-4, words="a: b\nc: d", recorded=False)
    assert decode(encode(request), {FewShotRequest.tab: FewShotRequest}).request == request


def test_more_work_is_estimated_longer():
    one = FewShotRequest(methods=("pet",), shots=(1,), seeds=1)
    for more in ({"seeds": 2}, {"shots": (64,)}, {"methods": ("pet", "ipet")}, {"updates": 200}, {"tests": 1000}):
        assert one.with_(**more).estimate() > one.estimate()
    assert FewShotRequest().device_need() == "cpu"
