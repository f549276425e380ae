from dataclasses import replace

import numpy as np
import pytest

from playground.tabs.matching.train.figures import curve_figure, histogram_figure, map_figures, shown_switch
from playground.tabs.matching.train.view import View
from tests.tabs.matching.train.runs import asked


def test_every_loss_has_a_line_for_each_measure_over_the_same_steps(run):
    lines = curve_figure(*run, "en")["data"]
    assert [line["yaxis"] for line in lines] == ["y", "y2", "y3", "y3"] * 3
    assert all(line["x"] == [0, 5, 10, 15, 20] for line in lines)
    assert [line["showlegend"] for line in lines[:4]] == [True, False, False, False]


def test_losses_are_shares_of_their_first_value(run):
    view, request = run
    line = curve_figure(view, request, "en")["data"][0]
    assert line["y"][0] == 1
    assert line["y"][-1] == pytest.approx(view.frames[-1].loss[0] / view.frames[0].loss[0], rel=1e-3)


def test_the_spearman_of_the_curve_is_that_of_the_frames(run):
    view, request = run
    expected = [frame.spearman[0] for frame in view.frames]
    assert curve_figure(view, request, "en")["data"][2]["y"] == pytest.approx(expected, rel=1e-3)


def test_a_line_marks_the_moment(run):
    view, request = run
    assert curve_figure(view, request, "en")["layout"]["shapes"] == []
    (shape,) = curve_figure(view, request.with_(moment=250), "en")["layout"]["shapes"]
    assert shape["x0"] == 5


def test_both_maps_have_the_same_axes_and_join_all_pairs(run):
    view, request = run
    before, after = map_figures(view, request, "en")
    assert before["layout"]["xaxis"] == after["layout"]["xaxis"]
    for figure in (before, after):
        assert sum(len(trace["x"]) for trace in figure["data"]) == 3 * len(view.start.links)


def test_the_chosen_loss_is_drawn(run):
    view, request = run
    drawn = {name: map_figures(view, request.with_(shown=name), "en")[1]["data"][0]["x"] for name in request.losses}
    assert drawn["softmax"] != drawn["cosent"]
    assert map_figures(view, request.with_(shown="angle"), "en")[1]["data"][0]["x"] == drawn["cosine-mse"]


def test_sentences_are_shown_at_their_points(run):
    view, request = run
    trace = map_figures(view, request, "en")[0]["data"][0]
    a, b = view.start.links[view.start.labels < request.alike_from][0]
    assert trace["text"][:3] == [view.start.texts[a], view.start.texts[b], ""]


def test_the_histogram_shows_both_kinds_now_and_before(run):
    view, request = run
    now, before, *_ = histogram_figure(view, request.with_(shown="cosent"), "en")["data"]
    assert now["y"] == pytest.approx(view.frames[-1].histogram[2, 0].tolist(), rel=1e-3)
    assert before["y"] == pytest.approx(view.frames[0].histogram[2, 0].tolist(), rel=1e-3)
    assert before["line"]["dash"] == "dot"


def test_the_switch_offers_the_trained_losses():
    html = shown_switch(asked("angle", "cosent"), "en")
    assert html.count("<button") == 2
    assert 'aria-pressed="true"' in html


def test_without_frames_figures_are_empty():
    assert curve_figure(View(), asked(), "zh")["data"] == []
    assert all(figure["data"] == [] for figure in map_figures(View(), asked(), "zh"))
    assert histogram_figure(View(), asked(), "zh")["data"] == []


def test_points_that_are_no_numbers_leave_gaps(run):
    view, request = run
    last = replace(view.frames[-1], spearman=np.full(3, np.nan, dtype=np.float32))
    broken = View(view.start, [*view.frames[:-1], last])
    assert curve_figure(broken, request, "en")["data"][2]["y"][-1] is None
