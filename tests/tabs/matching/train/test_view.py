import csv
import io
import json

import pytest

from playground.tabs.matching.train.frames import TrainFailure
from playground.tabs.matching.train.view import COLUMNS, View, fold
from tests.tabs.matching.train.runs import asked


def test_the_table_has_a_line_for_each_picture_and_loss(run):
    view, request = run
    rows = list(csv.reader(io.StringIO(view.to_csv(request).decode())))
    assert rows[0] == list(COLUMNS)
    assert [(row[0], row[1]) for row in rows[1:4]] == [("cosine-mse", "0"), ("softmax", "0"), ("cosent", "0")]
    assert len(rows) == 1 + 3 * 5


def test_the_json_file_says_what_was_measured_on(run):
    view, request = run
    told = json.loads(view.to_json(request))
    assert (told["pairs"], told["seen"], told["validation"]) == (80, 80, 40)
    assert told["rows"][-1]["spearman"] == pytest.approx(view.frames[-1].spearman[-1])


def test_the_moment_chooses_the_picture(run):
    view, request = run
    assert [view.at(request.with_(moment=moment)).step for moment in (0, 500, 1000)] == [0, 10, 20]
    assert view.at(request.with_(moment=0), live=True).step == 20


def test_a_picture_of_a_pause_is_left_out(run):
    view, request = run
    assert [frame.step for frame in view.recorded(request.with_(every=10))] == [0, 10, 20]


def test_an_empty_view_has_nothing_to_show():
    assert View().at(asked()) is None
    assert View().to_dict() == {"failure": None, "rows": []}


def test_a_failure_is_kept_beside_the_pictures():
    view = fold(None, TrainFailure(0.5, 7, "cosent"))
    assert view.to_dict()["failure"] == {"step": 7, "loss": "cosent"}
