import csv
import io
import json
import math

import pytest

from playground.tabs.collapse.frames import CollapseFailure
from playground.tabs.collapse.request import CollapseRequest
from playground.tabs.collapse.view import MEASURES, View, fold
from tests.tabs.collapse.views import frame, start, view_of


def steps(view: View, every: int = 10) -> list[int]:
    return [frame.step for frame in view.recorded(every)]


def test_a_picture_from_where_a_shorter_run_ended_is_left_out_once_the_run_goes_on():
    view = view_of([0, 10, 20, 23])
    assert steps(view) == [0, 10, 20, 23]
    fold(view, frame(30))
    assert steps(view) == [0, 10, 20, 30]


def test_a_picture_that_comes_again_takes_the_place_of_the_earlier_one():
    view = view_of([0, 10, 20, 30])
    again = frame(20, loss=-0.5)
    fold(view, again)
    assert steps(view) == [0, 10, 20]
    assert view.frames[-1] is again


def test_a_run_that_went_on_after_a_failure_has_failed_no_longer():
    failure = CollapseFailure(0.5, 11, 0, 1e6, 1e18)
    view = fold(view_of([0, 10]), failure)
    fold(view, frame(11))
    assert view.failure is failure
    fold(view, frame(20))
    assert view.failure is None


def test_nothing_recorded_shows_nothing():
    assert View().recorded(10) == []
    assert View().at(CollapseRequest()) is None


@pytest.mark.parametrize(("moment", "step"), [(0, 0), (1000, 400), (500, 200), (490, 200), (24, 10)])
def test_the_moment_is_a_share_of_the_steps(moment, step):
    shown = view_of(range(0, 401, 10)).at(CollapseRequest(moment=moment))
    assert shown is not None
    assert shown.step == step


def test_the_table_has_a_line_for_each_picture_and_variant():
    lines = list(csv.DictReader(io.StringIO(view_of([0, 10]).to_csv(10, ["a", "b, c"]).decode())))
    assert [(line["name"], line["step"]) for line in lines] == [("a", "0"), ("b, c", "0"), ("a", "10"), ("b, c", "10")]
    assert float(lines[0]["loss"]) == pytest.approx(-0.9)
    assert set(MEASURES) < set(lines[0])


def test_what_is_not_a_number_is_null_in_json_and_empty_in_the_table():
    view = view_of([0], knn=math.nan)
    assert json.loads(view.to_json(10))["rows"][0]["knn"] is None
    assert next(csv.DictReader(io.StringIO(view.to_csv(10, ["a", "b"]).decode())))["knn"] == ""


def test_the_spectrum_ends_where_the_dimensions_do():
    assert view_of([0]).to_dict()["rows"][0]["spectrum"] == pytest.approx([0.4, 0.3, 0.2])


def test_the_ground_and_a_failure_stand_in_the_answer():
    view = fold(fold(None, start(raw_knn=math.nan)), CollapseFailure(1.0, 7, 1, 1e9, math.inf))
    answer = json.loads(view.to_json(10))
    assert (answer["classes"], answer["raw_knn"]) == (["cats", "<dogs>"], None)
    assert answer["failure"] == {"step": 7, "variant": 1, "learning_rate": 1e9, "largest_weight": None}
