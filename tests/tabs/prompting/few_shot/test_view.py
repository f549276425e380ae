import csv
import io
import json

import numpy as np
import pytest

from playground.tabs.prompting.few_shot.request import FewShotRequest
from playground.tabs.prompting.few_shot.view import View, fold, plain
from tests.tabs.prompting.few_shot.fakes import asked
from tests.tabs.prompting.few_shot.views import result, split, start, step, view_of


def test_a_curve_has_the_mean_over_the_seeds_of_every_k():
    view = view_of(result(seed=0, accuracy=0.6), result(seed=1, accuracy=0.7), result(shots=1, accuracy=0.5))
    first, second = view.curve("pet")
    assert (first.shots, first.mean, first.seeds) == (1, 0.5, 1)
    assert (second.shots, second.seeds) == (4, 2)
    assert second.mean == pytest.approx(0.65)
    assert second.low < 0.6 < 0.7 < second.high
    assert view.curve("setfit") == []


def test_a_training_is_under_way_until_it_has_a_result():
    view = view_of(step())
    assert view.under_way() is view.steps["pet"][-1]
    assert fold(view, result()).under_way() is None
    assert View().under_way() is None


def test_the_steps_of_the_last_training_of_a_method_are_kept():
    view = view_of(step(number=5), step(number=10), step("setfit"), step(seed=1, number=5))
    assert [(each.seed, each.step) for each in view.steps["pet"]] == [(1, 5)]
    assert view.under_way().seed == 1


def test_a_run_that_goes_on_keeps_every_result_once():
    view = view_of(result(accuracy=0.6), result(accuracy=0.6), split())
    assert len(view.results) == 1
    assert list(view.splits) == [0]


def test_the_csv_has_a_line_for_each_training():
    rows = list(csv.DictReader(io.StringIO(view_of(result(), result(seed=1)).to_csv().decode())))
    assert [(row["task"], row["method"], row["shots"], row["seed"]) for row in rows] == [
        ("mr", "pet", "4", "0"),
        ("mr", "pet", "4", "1"),
    ]


def test_no_cell_of_the_csv_is_a_formula():
    view = fold(fold(None, start(task="=1+1.csv")), result())
    assert "\n'=1+1.csv," in view.to_csv().decode().replace("\r", "")


def test_the_json_holds_what_was_asked_and_no_pasted_text():
    told = json.loads(view_of(result(weights=(0.5, float("nan")))).to_json(asked("pet")))
    assert told["request"]["methods"] == ["pet"]
    assert "pasted" not in told["request"]
    assert told["curves"]["pet"][0]["mean"] == 0.7
    assert told["rows"][0]["details"] == {"weights": [0.5, None]}
    assert told["rows"][0]["confusion"] == [[60, 30], [30, 80]]


def test_an_empty_view_can_be_told():
    assert View().to_dict() == {"curves": {}, "rows": []}
    assert json.loads(View().to_json(FewShotRequest()))["rows"] == []


def test_plain_values_are_json():
    told = plain({"a": np.array([1.5, np.nan]), "b": (np.int64(3), "x"), "c": float("inf")})
    assert json.loads(json.dumps(told, allow_nan=False)) == {"a": [1.5, None], "b": [3, "x"], "c": None}
