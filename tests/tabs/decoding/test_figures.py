import re

import numpy as np
import pytest

from playground.tabs.decoding.figures import MOST_MARKS, SMALLEST_SHOWN, TITLES, curve_figure, curve_switch, thumbnail
from playground.tabs.decoding.trace import Trace, fold
from tests.tabs.decoding.traces import row, trace_of


@pytest.fixture(scope="module")
def trace(run):
    folded = None
    for frame in run(decoders=("greedy", "top-k-2", "consistent-top-k-2", "floor-0.01"), length=40):
        folded = fold(folded, frame)
    return folded


def lines(figure):
    return {line["name"]: line for line in figure["data"] if line["mode"] == "lines"}


def marks(figure):
    return {mark["marker"]["symbol"]: mark for mark in figure["data"] if mark["mode"] == "markers"}


def test_every_row_has_a_line_of_its_p_eos_at_each_step(trace):
    drawn = lines(curve_figure(trace, "probability", "en"))
    for each in trace.rows:
        assert (drawn[each.decoder]["x0"], drawn[each.decoder]["dx"]) == (0, 1)
        assert drawn[each.decoder]["y"] == pytest.approx([max(p, SMALLEST_SHOWN) for p in each["p_eos"]], rel=5e-3)


@pytest.mark.parametrize(("curve", "column"), [("rank", "eos_rank"), ("kept", "kept_size")])
def test_the_other_curves_draw_their_columns(trace, curve, column):
    drawn = lines(curve_figure(trace, curve, "en"))
    assert {name: line["y"] for name, line in drawn.items()} == {
        each.decoder: list(each[column]) for each in trace.rows
    }


def test_a_row_that_a_branch_began_is_drawn_from_its_first_own_step():
    drawn = lines(curve_figure(trace_of(row(3, first=7)), "probability", "en"))
    assert drawn["greedy"]["x0"] == 7


def test_the_drawn_bound_is_the_engines_bound(trace):
    floor = trace.rows[3]
    drawn = lines(curve_figure(trace, "probability", "en"))["bound, ε = 0.01"]
    assert np.allclose(drawn["y"][: len(floor)], floor["bound"], rtol=1e-5)


def test_hollow_marks_stand_only_where_eos_was_cut():
    cut = [step % 3 == 0 for step in range(400)]
    hollow = marks(curve_figure(trace_of(row(400, eos_cut=cut)), "probability", "en"))["circle-open"]
    assert 1 < len(hollow["x"]) <= MOST_MARKS
    assert all(cut[step] for step in hollow["x"])


@pytest.mark.parametrize("curve", ["rank", "kept"])
def test_on_the_other_curves_filled_marks_stand_where_eos_was_kept(curve):
    cut = [step % 3 == 0 for step in range(400)]
    drawn = marks(curve_figure(trace_of(row(400, eos_cut=cut)), curve, "en"))
    assert all(cut[step] for step in drawn["circle-open"]["x"])
    assert not any(cut[step] for step in drawn["circle"]["x"])


def test_a_row_that_never_cuts_eos_has_no_marks_on_p_eos(trace):
    consistent = trace_of(trace.rows[2])
    assert marks(curve_figure(consistent, "probability", "en")) == {}


def test_a_ninth_row_is_dashed():
    figure = curve_figure(trace_of(*(row() for _ in range(9))), "probability", "en")
    assert [line["line"]["dash"] for line in figure["data"]] == ["solid"] * 8 + ["dash"]


def test_the_switch_says_which_curve_is_on():
    assert re.findall(r'aria-pressed="(\w+)"', curve_switch("rank", "en")) == ["false", "true", "false"]


@pytest.mark.parametrize("curve", TITLES)
def test_an_empty_run_has_a_figure(curve):
    assert curve_figure(Trace(), curve, "en")["data"] == []


def test_the_thumbnail_stays_inside_its_box(trace):
    points = re.findall(r"([\d.]+),([\d.]+)", thumbnail(trace))
    assert points
    assert all(0 <= float(x) <= 240 and 0 <= float(y) <= 90 for x, y in points)
