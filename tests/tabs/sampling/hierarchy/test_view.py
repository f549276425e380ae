import csv
import io
import json

import pytest

from playground.tabs.sampling.hierarchy.frames import HierarchyFailure
from playground.tabs.sampling.hierarchy.request import HierarchyRequest, Variant
from playground.tabs.sampling.hierarchy.view import View, fold
from tests.tabs.sampling.hierarchy.trainings import frame, view_of


def test_a_picture_from_where_a_shorter_run_ended_is_left_out_once_the_run_goes_on():
    view = view_of(frame(0), frame(10), frame(13))
    assert [each.step for each in view.recorded(10)] == [0, 10, 13]
    fold(view, frame(20))
    assert [each.step for each in view.recorded(10)] == [0, 10, 20]


@pytest.mark.parametrize(("moment", "step"), [(0, 0), (1000, 20), (500, 10)])
def test_the_moment_is_a_share_of_the_steps(moment, step):
    assert view_of(frame(0), frame(10), frame(20)).at(HierarchyRequest(moment=moment)).step == step


def test_nothing_recorded_shows_nothing():
    assert View().at(HierarchyRequest()) is None
    assert View().to_dict() == {"failure": None, "rows": []}


def test_the_answer_splits_the_elbo_by_group():
    view = fold(view_of(frame(0)), HierarchyFailure(1.0, 7, 0))
    answer = json.loads(view.to_json(10))
    (row,) = answer["rows"]
    assert row["kl"] == pytest.approx([0.05, 3.01])
    assert row["active"] == [0, 1]
    assert row["bits_per_dimension"] == pytest.approx((20 + 3.06) / (64 * 0.693147), rel=1e-5)
    assert answer["failure"] == {"step": 7, "variant": 0}


def test_the_table_has_a_line_for_each_picture_variant_and_group():
    both = [[[0, 0], [1, 1]]] * 2
    lines = list(
        csv.DictReader(io.StringIO(view_of(frame(0, both), frame(10, both)).to_csv(10, ["a", "b, c"]).decode()))
    )
    assert len(lines) == 2 * 2 * 2
    assert [(line["name"], line["group"]) for line in lines[:4]] == [
        ("a", "1"),
        ("a", "2"),
        ("b, c", "1"),
        ("b, c", "2"),
    ]


def test_variants_are_the_shown_one_and_those_beside():
    request = HierarchyRequest(warm_up=5, beside=(Variant(spectral=3),))
    assert request.variants() == (Variant(warm_up=5), Variant(spectral=3))
    assert HierarchyRequest().estimate() < request.estimate()
