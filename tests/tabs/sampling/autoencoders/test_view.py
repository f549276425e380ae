import csv
import io
import json
from dataclasses import replace

from playground.tabs.sampling.autoencoders.frames import AutoencodersFailure
from playground.tabs.sampling.autoencoders.view import COLUMNS, View, fold


def test_the_pictures_of_a_run_are_on_its_grid(run):
    view, request = run
    assert [frame.step for frame in view.recorded(request)] == [0, 10, 20]
    assert view.at(request).step == 20
    assert view.at(request.with_(moment=400)).step == 10
    assert View().at(request) is None


def test_a_picture_that_comes_again_takes_the_place_of_the_earlier_one(run):
    view, _ = run
    copy = View(view.start, list(view.frames))
    fold(copy, replace(view.frames[1], loss=view.frames[1].loss + 1))
    assert [frame.step for frame in copy.frames] == [0, 10]


def test_the_table_has_a_line_for_each_picture_and_treatment(run):
    view, request = run
    lines = list(csv.DictReader(io.StringIO(view.to_csv(request).decode())))
    assert list(lines[0]) == list(COLUMNS)
    assert [line["treatment"] for line in lines[:3]] == ["ae", "aebn", "eae"]
    assert len(lines) == 9
    assert lines[0]["loss"] == ""  # nothing was learnt before the first step
    assert float(lines[-1]["frechet_mixture"]) == float(view.frames[-1].frechet[2, 2])


def test_the_file_says_what_the_distances_compare_with(run):
    view, request = run
    told = json.loads(view.to_json(request))
    assert (told["reference"], told["compared"], told["failure"]) == (view.start.reference, 40, None)
    assert told["rows"][0]["loss"] is None


def test_a_failure_is_kept_with_its_treatment(run):
    view, request = run
    broken = fold(View(view.start, list(view.frames)), AutoencodersFailure(0.5, 12, "eae"))
    assert json.loads(broken.to_json(request))["failure"] == {"step": 12, "treatment": "eae"}


def test_nothing_recorded_is_an_empty_answer():
    assert View().to_dict() == {"failure": None, "rows": []}
