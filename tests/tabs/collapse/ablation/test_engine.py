from __future__ import annotations

import numpy as np
import pytest

from playground.runtime.contracts import Frame
from playground.tabs.collapse.ablation import engine
from playground.tabs.collapse.ablation.frames import AblationResult, AblationStart
from playground.tabs.collapse.ablation.record import measure
from playground.tabs.collapse.ablation.request import AblationRequest
from playground.tabs.collapse.ablation.rows import ROWS, Row
from playground.tabs.collapse.ablation.tab import MEASURES, PRESETS, VIEW
from playground.tabs.collapse.data import load
from playground.tabs.collapse.training import Training


class Context:
    """A context that is asked to stop after so many looks."""

    def __init__(self, looks: int = 10**9) -> None:
        self._looks = looks

    @property
    def cancelled(self) -> bool:
        self._looks -= 1
        return self._looks < 0


def run(context: Context | None = None, **asked):
    request = AblationRequest(**{"seeds": 1, "steps": 10, **asked})
    return list(engine.run(request, context or Context()))


def test_figures_are_those_of_the_training_alone():
    request = AblationRequest(rows=("baseline", "no-stop-gradient", "batch-64"), seeds=2, steps=10)
    *_, last = engine.run(request, Context())
    for r, name in enumerate(request.rows):
        asked = request.training((name,), 1)
        training = Training(asked, load(asked, bytes))
        assert training.measure().knn[0] == last.start_knn[r, 1]
        for _ in range(10):
            training.advance()
        alone = training.measure()
        for figure in ("loss", "std", "rank", "knn"):
            assert getattr(last, figure)[r, 1] == getattr(alone, figure)[0]


def test_two_runs_give_the_same_frames():
    for one, other in zip(run(), run(), strict=True):
        assert type(one) is type(other)
        for name in vars(one):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_progress_grows_from_nothing_to_all():
    start, *frames = run(seeds=2, rows=("baseline", "batch-64"))
    assert isinstance(start, AblationStart)
    assert start.done == 0
    assert [frame.done for frame in frames] == sorted(frame.done for frame in frames)
    assert frames[-1].done == 1


def test_figures_come_after_every_group():
    results = [frame for frame in run(seeds=2, rows=("baseline", "batch-64")) if isinstance(frame, AblationResult)]
    assert [int((~np.isnan(result.std)).sum()) for result in results] == [1, 2, 3, 4]


def test_a_row_that_fails_leaves_the_others_their_figures(monkeypatch):
    usual = run(rows=("baseline", "no-stop-gradient", "asymmetric"))[-1]
    changes = {**ROWS["no-stop-gradient"].changes, "learning_rate": 1e9}
    monkeypatch.setitem(ROWS, "no-stop-gradient", Row("too fast", changes))
    *_, last = run(rows=("baseline", "no-stop-gradient", "asymmetric"))
    assert last.failed.tolist() == [[False], [True], [False]]
    assert np.isnan(last.std[1, 0])
    np.testing.assert_array_equal(last.knn[[0, 2]], usual.knn[[0, 2]])
    assert last.done == 1


def test_a_frame_comes_after_every_few_steps(monkeypatch):
    monkeypatch.setattr(engine, "WORK", 1)
    assert sum(type(frame) is Frame for frame in run(rows=("baseline",))) == 10


def test_a_cancelled_run_ends_at_once(monkeypatch):
    monkeypatch.setattr(engine, "WORK", 1)
    frames = run(Context(looks=3), rows=("baseline",))
    assert len(frames) == 4  # the start and three steps


@pytest.mark.parametrize("request_", [*(preset.request for preset in PRESETS), *(m.request for m in MEASURES.values())])
def test_presets_and_claims_measured_again_take_at_most_half_a_minute(request_):
    assert request_.estimate() < 30


def test_a_claim_is_measured_again_with_mean_and_spread():
    measured = measure(AblationRequest(rows=("baseline",), seeds=2, steps=10))
    said = MEASURES["baseline"].read(measured)
    assert said.startswith("baseline: kNN 0.")
    assert said.count("±") == 3
    assert VIEW.answer(measured)["rows"][0]["seeds"] == 2
