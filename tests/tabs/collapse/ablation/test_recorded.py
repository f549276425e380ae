from __future__ import annotations

import math
import re

import pytest

from playground.tabs.collapse.ablation.figures import recorded_html, transfer_figure
from playground.tabs.collapse.ablation.recorded import recorded, where
from playground.tabs.collapse.ablation.rows import NONE, ROWS
from playground.tabs.collapse.ablation.tab import VIEW
from playground.ui.claims import load_claims

TABLE = recorded()


def test_every_row_was_recorded_from_three_seeds_that_all_ended_well():
    assert [row["row"] for row in TABLE["rows"]] == list(ROWS)
    assert all(row["seeds"] == len(row["verdicts"]) >= 3 for row in TABLE["rows"])
    assert all(math.isfinite(value) for row in TABLE["rows"] for value in (*row["loss"], *row["knn"]))


def test_the_table_says_where_it_comes_from():
    assert re.fullmatch("[0-9a-f]{7,}", TABLE["commit"])
    assert TABLE["commit"] in where(TABLE, "zh")
    assert "CPU cores" in recorded_html(TABLE, "en")


def test_nothing_recorded_draws_nothing():
    assert recorded_html(None, "en") == ""


def test_what_does_not_transfer_did_not():
    rows = {row["row"]: row for row in TABLE["rows"]}
    assert rows["no-predictor"]["knn_mean"] > 0.9
    assert rows["random-predictor"]["knn_mean"] > rows["random-predictor"]["start_knn_mean"] + 0.3
    assert rows["random-predictor"]["loss_mean"] > -0.6
    assert set(rows["predictor-output-bn"]["verdicts"]) == {"healthy"}
    assert rows["no-stop-gradient"]["std_mean"] > 0.9
    assert rows["no-stop-gradient"]["rank_mean"] < 0.15 * 64


@pytest.mark.parametrize("claim", load_claims(VIEW.folder / "claims.yaml"), ids=lambda claim: claim.id)
def test_claims_state_what_was_recorded(claim):
    row = next(row for row in TABLE["rows"] if row["row"] == claim.id)
    assert claim.ours.value.startswith(f"kNN {row['knn_mean']:.2f} ± {row['knn_spread']:.2f}, ")
    assert claim.ours.commit == TABLE["commit"]
    assert str(claim.ours.date) == TABLE["date"]


def test_the_plot_has_every_row_with_a_number():
    (points,) = transfer_figure(TABLE["rows"], "en")["data"]
    assert len(points["x"]) == sum(row.published not in (NONE, "unstable") for row in ROWS.values())
