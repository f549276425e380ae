from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.collapse.ablation.request import AblationRequest
from playground.tabs.collapse.ablation.rows import NONE, ROWS, RowName
from playground.tabs.collapse.request import CollapseRequest, Variant

NAMES = st.lists(st.sampled_from(get_args(RowName)), min_size=1, unique=True)


def test_every_name_has_a_row_in_the_same_order():
    assert get_args(RowName) == tuple(ROWS)


@given(NAMES)
@settings(max_examples=30)
def test_every_row_trains_once_beside_others_of_its_batch(names):
    groups = AblationRequest(rows=names).groups()
    assert sorted(name for group in groups for name in group) == sorted(names)
    assert all(len(group) <= 4 for group in groups)
    assert all(len({ROWS[name].changes.get("batch", 256) for name in group}) == 1 for group in groups)


def test_rows_stand_in_the_order_of_the_table_each_once():
    assert AblationRequest(rows=("no-bn", "baseline", "no-bn")).rows == ("baseline", "no-bn")


@pytest.mark.parametrize("name", [name for name in ROWS if name != "baseline"])
def test_every_row_changes_what_it_names_and_nothing_else(name):
    request = AblationRequest(rows=(name,), steps=100).training((name,), 3)
    usual = CollapseRequest(batch=256, steps=100, cosine_steps=100, seed=3)
    assert request == usual.with_(**ROWS[name].changes)
    assert request != usual


def test_a_group_is_one_training_with_its_rows_in_order():
    request = AblationRequest(steps=50).training(("no-stop-gradient", "baseline", "asymmetric"), 0)
    assert request.variants() == (Variant(stop_gradient=False), Variant(), Variant(symmetric=False))


def test_published_numbers_are_those_of_the_paper():
    published = {name: row.published for name, row in ROWS.items() if row.published != NONE}
    assert published == {
        "baseline": "68.1",
        "no-stop-gradient": "0.1",
        "no-predictor": "0.1",
        "random-predictor": "1.5",
        "predictor-decays": "67.7",
        "no-bn": "34.6",
        "hidden-bn": "67.4",
        "predictor-output-bn": "unstable",
        "batch-64": "66.1",
        "batch-128": "67.3",
        "batch-512": "68.1",
        "asymmetric": "64.8",
        "alternation-10": "68.7",
        "alternation-100": "68.9",
        "dimension-32": "67.5",
        "dimension-16": "67.2",
        "dimension-8": "65.3",
        "moving-average": "55.0",
    }


def test_more_seeds_take_longer():
    assert AblationRequest(seeds=6).estimate() == 2 * AblationRequest(seeds=3).estimate() > 0
