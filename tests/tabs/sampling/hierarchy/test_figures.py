import json
import math

import numpy as np
import pytest

from playground.tabs.sampling.hierarchy.figures import LEAST, elbo_figure, kl_figure, thumbnail
from playground.tabs.sampling.hierarchy.request import HierarchyRequest, Variant
from playground.tabs.sampling.hierarchy.view import View
from tests.tabs.sampling.hierarchy.trainings import frame, view_of

TWO = HierarchyRequest(warm_up=0, beside=(Variant(),))
KL = [[[0, 0], [2, 1]], [[0.5, 0.5], [4, 0]]]


def test_every_variant_has_a_plot_with_a_line_for_each_group():
    figure = kl_figure(view_of(frame(0, KL), frame(10, KL)), TWO, "en")
    assert [(line["xaxis"], line["name"], line["y"]) for line in figure["data"]] == [
        ("x", "group 1, 4×4", [LEAST, LEAST]),
        ("x", "group 2, 8×8", [3, 3]),
        ("x2", "group 1, 4×4", [1, 1]),
        ("x2", "group 2, 8×8", [4, 4]),
    ]
    assert [shape["y0"] for shape in figure["layout"]["shapes"]] == [0.1, 0.1]
    domains = [figure["layout"][axis]["domain"] for axis in ("yaxis", "yaxis2")]
    assert domains[0][1] == 1
    assert domains[0][0] > domains[1][1] > domains[1][0] >= 0


def test_the_gap_between_the_elbo_and_the_reconstruction_is_the_kl():
    solid, dotted, *_ = elbo_figure(view_of(frame(0, KL)), TWO, "en")["data"]
    assert solid["y"][0] - dotted["y"][0] == pytest.approx(3 / (64 * math.log(2)), abs=1e-3)


def test_the_window_holds_the_ends_of_all_lines():
    nats = np.array([500.0, 500.0], np.float32)
    figure = elbo_figure(view_of(frame(0, KL, reconstruction=nats), frame(10, KL)), TWO, "en")
    low, high = figure["layout"]["yaxis"]["range"]
    assert all(low < line["y"][-1] < high for line in figure["data"])
    assert high < figure["data"][0]["y"][0]


@pytest.mark.parametrize("draw", [kl_figure, elbo_figure])
@pytest.mark.parametrize("view", [View(), view_of(), view_of(frame(0, np.full((2, 2, 2), np.nan)))])
def test_there_is_a_figure_before_anything_is_known_and_of_what_is_no_number(draw, view):
    assert json.dumps(draw(view, TWO, "zh"), allow_nan=False)


def test_the_thumbnail_has_a_line_for_each_group_of_the_first_variant():
    assert thumbnail(view_of(frame(0, KL), frame(10, KL))).count("<polyline") == 2
    assert thumbnail(View()).startswith("<svg")
