from __future__ import annotations

import csv
import io
import json
import statistics

import numpy as np
import pytest

from playground.runtime.contracts import Frame
from playground.tabs.collapse.ablation.figures import figure, live_html, transfer_figure
from playground.tabs.collapse.ablation.frames import AblationResult, AblationStart
from playground.tabs.collapse.ablation.request import AblationRequest
from playground.tabs.collapse.ablation.tab import VIEW
from playground.tabs.collapse.ablation.view import Ablated, mean, spread

NAN = np.nan
START = AblationStart(
    done=0.0,
    rows=("baseline", "no-stop-gradient", "no-stop-gradient-hidden-bn", "no-bn"),
    seeds=3,
    steps=600,
    dimension=np.array([64, 64, 64, 64]),
    probes=512,
    raw_knn=0.88,
    chance=0.1,
)
# Healthy; dimensional collapse; complete in two seeds of which one stopped at nan, one to come; nothing yet.
RESULT = AblationResult(
    done=0.7,
    loss=np.array([[-0.97, -0.96, -0.98], [-1, -1, -1], [-1, NAN, NAN], [NAN] * 3]),
    std=np.array([[0.99, 0.98, 0.97], [0.95] * 3, [0.05, NAN, NAN], [NAN] * 3]),
    rank=np.array([[22.0, 23, 21], [4.8] * 3, [5.5, NAN, NAN], [NAN] * 3]),
    knn=np.array([[0.98, 0.97, 0.99], [0.83] * 3, [0.3, NAN, NAN], [NAN] * 3]),
    start_knn=np.array([[0.42] * 3, [0.42] * 3, [0.42, 0.42, NAN], [NAN] * 3]),
    failed=np.array([[False] * 3, [False] * 3, [False, True, False], [False] * 3]),
)
VIEWED = Ablated(START, RESULT)


def test_later_figures_replace_earlier_ones_and_progress_changes_nothing():
    view = VIEW.folded(VIEW.folded(None, START), RESULT)
    assert VIEW.folded(view, Frame(0.8)) is view
    assert view == VIEWED


def test_every_row_has_mean_and_spread_of_the_seeds_that_are_done():
    rows = VIEWED.rows()
    assert [row["seeds"] for row in rows] == [3, 3, 2, 0]
    assert rows[0]["loss_mean"] == pytest.approx(statistics.mean([-0.97, -0.96, -0.98]))
    assert rows[0]["knn_spread"] == pytest.approx(statistics.stdev([0.98, 0.97, 0.99]))
    assert rows[2]["std_mean"] == 0.05
    assert rows[2]["failed"] == 1
    assert rows[3]["std_mean"] is None


def test_every_row_has_the_verdict_of_each_seed():
    kinds = [row["verdicts"] for row in VIEWED.rows()]
    assert kinds == [
        ["healthy"] * 3,
        ["dimensional collapse"] * 3,
        ["complete collapse", "not converging"],
        [],
    ]


def test_mean_and_spread_leave_out_what_is_not_known():
    assert mean([None, 1.0, 3.0]) == 2.0
    assert spread([None, 1.0, 3.0]) == pytest.approx(statistics.stdev([1, 3]))
    assert mean([None]) is spread([1.0, None]) is None


def test_the_table_shows_the_published_number_beside_ours_and_calls_it_a_toy():
    html = live_html(VIEWED, "en")
    assert "68.1" in html
    assert "0.98 ± 0.01" in html
    assert "22.0 ± 1.0 / 64" in html
    assert "toy: kNN" in html
    assert "▼ dimensional collapse<" in html
    assert "✕ complete collapse × 1" in html
    assert "…" in html
    assert "玩具" in live_html(VIEWED, "zh")


def test_a_row_with_one_seed_has_no_spread():
    assert figure({"knn_mean": 0.5, "knn_spread": None, "seeds": 1}, "knn", 2) == "0.50"
    assert figure({"knn_mean": None, "knn_spread": None, "seeds": 1}, "knn", 2) == "–"


def test_the_plot_has_the_rows_with_a_published_number():
    (points,) = transfer_figure(VIEWED.rows(), "en")["data"]
    assert points["x"] == [68.1, 0.1]
    assert points["y"] == pytest.approx([0.98, 0.83])


def test_the_page_is_drawn_before_anything_is_measured():
    outputs = VIEW.draw(None, AblationRequest(), "zh")
    assert outputs[0] == ""
    assert len(VIEW.draw(Ablated(START), AblationRequest(), "en")) == len(outputs) == 3


def test_downloads_hold_every_figure_of_every_seed():
    files = VIEW.download(VIEWED, AblationRequest())
    assert json.loads(files["ablations.json"])["rows"][0]["knn"] == [0.98, 0.97, 0.99]
    lines = list(csv.DictReader(io.StringIO(files["ablations.csv"].decode())))
    assert len(lines) == 3 + 3 + 2
    assert lines[6]["verdict"] == "complete collapse"
    assert lines[7]["std"] == ""
