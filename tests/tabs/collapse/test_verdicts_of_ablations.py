"""The ablations of SimSiam, trained for real: each gets its verdict, whatever the seed.

A quarter of the usual batch at four times the rate takes the same steps in a third of the time.
"""

from types import SimpleNamespace

import pytest

from playground.tabs.collapse import engine
from playground.tabs.collapse.ablation.rows import ROWS
from playground.tabs.collapse.frames import CollapseFrame, CollapseStart
from playground.tabs.collapse.request import CollapseRequest, Variant
from playground.tabs.collapse.verdicts import judge
from playground.tabs.collapse.view import View

# By how many steps it takes until nobody would judge otherwise.
EXPECTED = {
    250: (
        {
            "baseline": "healthy",
            "random-predictor": "not converging",
            "moving-average": "healthy",
        },
        {
            "hidden-bn": "healthy",
            "no-stop-gradient-hidden-bn": "complete collapse",
            "no-predictor-hidden-bn": "complete collapse",
            "predictor-output-bn": "healthy",
        },
        {
            "no-bn": "not converging",
            "no-stop-gradient-no-bn": "complete collapse",
            "predictor-rate-0.001": "not converging",
            "predictor-decays": "healthy",
        },
    ),
    600: ({"no-stop-gradient": "dimensional collapse", "no-predictor": "dimensional collapse"},),
}
RUNS = [(steps, group) for steps, groups in EXPECTED.items() for group in groups]


def variant(row):
    changes = dict(ROWS[row].changes)
    return Variant(**changes | {"learning_rate": 4 * changes.get("learning_rate", 0.05)})


def verdicts(steps, rows, seed):
    first, *others = map(variant, rows)
    request = CollapseRequest(**first.model_dump(), beside=tuple(others), batch=64, steps=steps, every=100, seed=seed)
    view = View()
    for frame in engine.run(request, SimpleNamespace(cancelled=False, resume=None, save=lambda state: None)):
        if isinstance(frame, CollapseStart | CollapseFrame):
            view.fold(frame)
    return {row: verdict.kind for row, verdict in zip(rows, judge(view, view.frames[-1]), strict=True)}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("steps", "group"), RUNS, ids=["output", "hidden", "without", "slow"])
def test_each_ablation_gets_its_verdict_for_every_seed(steps, group, seed):
    assert verdicts(steps, tuple(group), seed) == group
