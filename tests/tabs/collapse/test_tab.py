import json

import numpy as np
import orjson
import pytest

from playground.tabs.collapse.request import CollapseRequest, Variant
from playground.tabs.collapse.tab import VIEW
from playground.tabs.collapse.view import View, fold
from tests.tabs.collapse.views import frame, start, view_of

REQUEST = CollapseRequest(dimension=3, beside=(Variant(dimension=3, stop_gradient=False),))


@pytest.mark.parametrize("draw", [VIEW.draw, VIEW.sketch])
@pytest.mark.parametrize("view", [None, View(), view_of([0, 10])], ids=["none", "empty", "some"])
def test_a_run_has_one_value_for_each_output(draw, view):
    assert len(draw(view, REQUEST, "en")) == len(VIEW.outputs())


def test_a_run_can_be_taken_away_as_json_table_and_animation():
    files = VIEW.download(view_of([0, 10]), REQUEST)
    assert tuple("." + name.rpartition(".")[2] for name in files) == VIEW.downloads
    assert files["collapse.gif"]().startswith(b"GIF8")


def test_the_answer_is_plain_json():
    assert len(json.loads(json.dumps(VIEW.answer(view_of([0, 10]))))["rows"]) == 4


@pytest.mark.parametrize("claim", ["stop-gradient", "std-shows-collapse"])
def test_a_claim_is_measured_again_as_numbers_of_every_variant(claim):
    measure = VIEW.measures[claim]
    assert len(measure.request.variants()) == 2
    assert measure.read(view_of([0, 10])).count("std·√d") == 2
    assert measure.read(view_of([0, 10])).count("RankMe") == 2


def test_what_run_keeps_are_fields_of_the_request_without_a_control():
    fields = CollapseRequest.model_fields
    assert all(fields[name].json_schema_extra["widget"] == "none" for name in VIEW.keeps)


def test_the_longest_run_of_four_variants_is_drawn_in_100_kilobytes():
    request = CollapseRequest(beside=(Variant(layers=1), Variant(layers=3), Variant(predictor="none")), steps=20_000)
    view = fold(None, start([64] * 4, labels=np.arange(512) % 10))
    spectrum, points = np.random.default_rng(0).random((4, 64)), np.zeros((4, 512, 3))
    for step in range(0, 20_000, 45):
        arrays = {"spectrum": spectrum.astype(np.float32), "points": points.astype(np.float16)}
        fold(view, frame(step, 4, rank=[1 / 3, 2 / 7, np.pi, np.e], **arrays))
    assert len(orjson.dumps(VIEW.sketch(view, request, "zh"))) < 100_000
