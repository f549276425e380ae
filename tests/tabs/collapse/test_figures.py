import math
import re
from typing import get_args

import numpy as np
import orjson
import pytest

from playground.tabs.collapse.figures import (
    DESCRIPTIONS,
    METRICS,
    metric_figure,
    metric_switch,
    spectrum_figure,
    thumbnail,
)
from playground.tabs.collapse.request import CollapseRequest, Metric, Variant
from playground.tabs.collapse.view import MEASURES, View
from playground.ui.translations import catalogue
from tests.tabs.collapse.views import view_of

REQUEST = CollapseRequest(dimension=3, beside=(Variant(dimension=3, stop_gradient=False),), steps=100)
VIEW = view_of(range(0, 101, 10))


def lines(figure):
    return [line for line in figure["data"] if line.get("showlegend") is False]


def baselines(figure):
    return {line["name"]: line["y"][0] for line in figure["data"] if line.get("showlegend") is not False}


@pytest.mark.parametrize("metric", get_args(Metric))
def test_every_measure_is_a_line_a_variant_over_the_steps(metric):
    figure = metric_figure(VIEW, REQUEST.with_(metric=metric), "en")
    assert [line["x"] for line in lines(figure)] == [list(range(0, 101, 10))] * 2
    assert lines(figure)[0]["y"][3] == pytest.approx(float(getattr(VIEW.frames[3], metric)[0]), rel=1e-3)


def test_all_measures_can_be_chosen_and_have_words_in_both_languages():
    assert set(METRICS) == set(DESCRIPTIONS) == set(get_args(Metric)) == set(MEASURES)
    assert {*METRICS.values(), *DESCRIPTIONS.values()} <= set(catalogue("zh"))


def test_the_switch_says_which_measure_is_on():
    pressed = re.findall(r'aria-pressed="(\w+)"', metric_switch("std", "en"))
    assert pressed == ["true" if name == "std" else "false" for name in METRICS]


def test_neighbours_are_measured_against_input_chance_and_the_start():
    figure = metric_figure(VIEW, REQUEST.with_(metric="knn"), "en")
    assert baselines(figure) == {"raw input": 0.9, "chance": 0.5, "random init": 0.5}


@pytest.mark.parametrize(
    ("metric", "expected"), [("rank", {"d = 3": 3}), ("std", {"even": 1}), ("loss", {"best": -1}), ("alignment", {})]
)
def test_other_measures_have_their_best(metric, expected):
    assert baselines(metric_figure(VIEW, REQUEST.with_(metric=metric), "en")) == expected


def test_every_change_is_an_upright_line_that_says_what_changed():
    request = REQUEST.with_(schedule=("20:0:stop_gradient=off", "70:1:predictor=none"))
    layout = metric_figure(VIEW, request, "en")["layout"]
    assert [shape["x0"] for shape in layout["shapes"]] == [20, 70]
    words = [annotation["text"] for annotation in layout["annotations"]]
    assert words == ["SimSiam: stop-gradient off", "no stop-gradient: no predictor"]


def test_words_stay_inside_the_plot():
    request = REQUEST.with_(schedule=("20:0:stop_gradient=off", "70:1:predictor=none"))
    annotations = metric_figure(VIEW, request, "en")["layout"]["annotations"]
    assert [annotation["xanchor"] for annotation in annotations] == ["left", "right"]


def test_a_change_beyond_the_end_is_not_drawn():
    assert metric_figure(VIEW, REQUEST.with_(schedule=("120:0:stop_gradient=off",)), "en")["layout"]["shapes"] == []


def test_an_earlier_moment_is_marked():
    assert [shape["x0"] for shape in metric_figure(VIEW, REQUEST.with_(moment=300), "en")["layout"]["shapes"]] == [30]


def test_the_spectrum_is_that_of_the_moment_above_the_floor():
    view = view_of([0, 50, 100], spectrum=np.float32([[0.5, 0.0, np.nan], [0.5, 0.25, 0.1]]))
    figure = spectrum_figure(view, REQUEST, "en")
    assert [line["y"] for line in figure["data"]] == [[0.5, 1e-7], [0.5, 0.25, 0.1]]
    assert figure["layout"]["yaxis"]["type"] == "log"


def test_names_cannot_smuggle_tags_into_a_plot():
    figure = metric_figure(VIEW, REQUEST, "en")
    assert not any("<" in line["hovertemplate"].replace("<extra></extra>", "") for line in figure["data"])


@pytest.mark.parametrize("metric", get_args(Metric))
def test_an_empty_run_has_figures(metric):
    assert metric_figure(View(), REQUEST.with_(metric=metric), "zh")["data"] == []
    assert spectrum_figure(View(), REQUEST, "zh")["data"] == []


def test_what_is_not_a_number_is_a_gap():
    assert lines(metric_figure(view_of([0, 10], knn=math.nan), REQUEST.with_(metric="knn"), "en"))[0]["y"] == [None] * 2


def test_the_longest_run_of_four_variants_stays_small():
    request = REQUEST.with_(beside=(Variant(), Variant(layers=1), Variant(layers=3)), steps=20_000)
    view = view_of(range(0, 20_000, 45), [64] * 4, rank=[math.pi, math.e, 1 / 3, 2 / 7])
    assert len(orjson.dumps(metric_figure(view, request, "en"))) < 60_000


def test_the_thumbnail_stays_inside_its_box():
    points = re.findall(r"([\d.]+),([\d.]+)", thumbnail(VIEW))
    assert len(points) == 22
    assert all(0 <= float(x) <= 240 and 0 <= float(y) <= 90 for x, y in points)
    assert "polyline" not in thumbnail(View())
