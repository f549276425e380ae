import re

import numpy as np
import pytest

from playground.tabs.decoding.figures import MOST_MARKS, SMALLEST_SHOWN, eos_figure, rows_html, thumbnail
from playground.tabs.decoding.loops import Loop
from playground.tabs.decoding.trace import RowTrace, Trace, fold


@pytest.fixture(scope="module")
def trace(run):
    folded = None
    for frame in run(decoders=("greedy", "top-k-2", "consistent-top-k-2", "floor-0.01"), length=40):
        folded = fold(folded, frame)
    return folded


def row(steps=4, **changes):
    values = {"texts": ["a"] * steps, "tokens": [5] * steps, "p_model": [0.5] * steps, "p_eos": [0.1] * steps}
    values |= {
        "eos_rank": [9] * steps,
        "eos_cut": [False] * steps,
        "bound": [0.0] * steps,
        "alternatives": [((5, "a", 0.5),)] * steps,
    }
    return RowTrace("greedy", "zoo/x", "none", 0.0, **values | changes)


def lines(figure):
    return {line["name"]: line for line in figure["data"] if line["mode"] == "lines"}


def test_every_row_has_a_line_of_its_p_eos_at_each_step(trace):
    drawn = lines(eos_figure(trace, "en"))
    for each in trace.rows:
        assert drawn[each.decoder]["x"] == list(range(len(each)))
        assert drawn[each.decoder]["y"] == [max(p, SMALLEST_SHOWN) for p in each.p_eos]


def test_the_drawn_bound_is_the_engines_bound(trace):
    floor = trace.rows[3]
    drawn = lines(eos_figure(trace, "en"))["bound, ε = 0.01"]
    assert np.allclose(drawn["y"][: len(floor)], floor.bound, rtol=1e-5)


def test_hollow_marks_stand_only_where_eos_was_cut():
    cut = [step % 3 == 0 for step in range(400)]
    figure = eos_figure(Trace(rows=[row(400, eos_cut=cut)]), "en")
    (marks,) = [line for line in figure["data"] if line["mode"] == "markers"]
    assert 1 < len(marks["x"]) <= MOST_MARKS
    assert all(cut[step] for step in marks["x"])


def test_a_row_that_never_cuts_eos_has_no_marks(trace):
    consistent = Trace(rows=[trace.rows[2]])
    assert all(line["mode"] == "lines" for line in eos_figure(consistent, "en")["data"])


def test_a_ninth_row_is_dashed():
    figure = eos_figure(Trace(rows=[row() for _ in range(9)]), "en")
    assert [line["line"]["dash"] for line in figure["data"]] == ["solid"] * 8 + ["dash"]


@pytest.mark.parametrize(
    ("changes", "badge"),
    [
        ({"status": "stopped"}, "stopped"),
        ({"status": "limit"}, "reached the limit"),
        ({"status": "limit", "loop": Loop(0, 1, 4)}, "looping"),
        ({"status": "limit", "loop": Loop(0, 1, 4), "certified_at": 3}, "never stops: certified at step 3"),
    ],
)
def test_the_badge_says_how_a_row_ended(changes, badge):
    assert f">{badge}</span>" in rows_html(Trace(rows=[row(**changes)]), "en")


def test_a_model_that_writes_html_is_shown_as_text():
    shown = rows_html(Trace(rows=[row(1, texts=["<script>alert(1)</script>"])]), "en")
    assert "<script" not in shown


def test_cards_are_written_in_chinese():
    assert "已停止" in rows_html(Trace(rows=[row(status="stopped")]), "zh")


def test_an_empty_run_has_a_figure_and_no_cards():
    assert rows_html(Trace(), "en") == ""
    assert eos_figure(Trace(), "en")["data"] == []


def test_the_thumbnail_stays_inside_its_box(trace):
    points = re.findall(r"([\d.]+),([\d.]+)", thumbnail(trace))
    assert points
    assert all(0 <= float(x) <= 240 and 0 <= float(y) <= 90 for x, y in points)
