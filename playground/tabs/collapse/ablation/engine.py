"""The ablations' engine: group after group of rows is trained side by side, seed after seed, to its end.

Which rows train together changes none of their figures: in a collapse training no variant acts on another.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from playground.runtime.contracts import Context, Frame
from playground.runtime.errors import InvalidRequest
from playground.tabs.collapse.ablation.frames import AblationResult, AblationStart
from playground.tabs.collapse.ablation.request import AblationRequest
from playground.tabs.collapse.ablation.rows import RowName
from playground.tabs.collapse.data import load
from playground.tabs.collapse.dataset import Dataset
from playground.tabs.collapse.diagnosis import knn_accuracy
from playground.tabs.collapse.request import CollapseRequest
from playground.tabs.collapse.training import Training

VERSION = "2"
FRAMES: tuple[type[Frame], ...] = (Frame, AblationStart, AblationResult)

WORK = 4096  # inputs times variants between two frames: less than a tenth of a second
STEP_COST = 64  # inputs that a step costs however few it has
FIGURES = ("loss", "std", "rank", "knn")


def run(request: AblationRequest, context: Context) -> Iterator[Frame]:
    """Train every row from every seed; a start frame, and figures after every group. Ends early when cancelled."""
    dataset = load(CollapseRequest(), _no_file)
    first = [request.training((name,), 0) for name in request.rows]
    yield AblationStart(
        done=0.0,
        rows=request.rows,
        seeds=request.seeds,
        steps=request.steps,
        dimension=np.array([training.dimension for training in first]),
        probes=len(dataset.probe),
        raw_knn=knn_accuracy(dataset.probe.flatten(1).numpy(), dataset.labels),
        chance=float(np.bincount(dataset.labels).max() / len(dataset.labels)),
    )
    yield from _Ablation(request, dataset).frames(context)


def _no_file() -> bytes:
    raise InvalidRequest("The ablations train on nuisance-64, not on a file.")


class _Ablation:
    """One run: its figures (R, S) fill up group by group."""

    def __init__(self, request: AblationRequest, dataset: Dataset) -> None:
        self._request, self._dataset = request, dataset
        shape = (len(request.rows), request.seeds)
        self._figures = {name: np.full(shape, np.nan) for name in (*FIGURES, "start_knn")}
        self._failed = np.zeros(shape, dtype=bool)
        self._trained = 0  # row and seed pairs
        self._work = 0

    def frames(self, context: Context) -> Iterator[Frame]:
        """Progress and figures until all is trained or the run is cancelled."""
        for seed in range(self._request.seeds):
            for group in self._request.groups():
                for frame in self._train(group, seed):
                    if context.cancelled:
                        return
                    yield frame
                self._trained += len(group)
                yield self._result()

    def _train(self, group: tuple[RowName, ...], seed: int) -> Iterator[Frame]:
        """Train a group of rows and keep its last figures; if a row fails, the others start again without it."""
        asked = self._request.training(group, seed)
        training = Training(asked, self._dataset)
        places = [self._request.rows.index(name) for name in group]
        self._figures["start_knn"][places, seed] = training.measure().knn
        while training.step < asked.steps:
            if not training.advance():
                assert training.failure
                yield from self._without(training.failure.variant, group, seed)
                return
            self._work += (asked.batch + STEP_COST) * len(group)
            if self._work >= WORK:
                self._work = 0
                yield Frame(self._done(training.step / asked.steps * len(group)))
        last = training.measure()
        for name in FIGURES:
            self._figures[name][places, seed] = getattr(last, name)

    def _without(self, failed: int, group: tuple[RowName, ...], seed: int) -> Iterator[Frame]:
        """Mark a row as failed, and train the others of its group."""
        self._failed[self._request.rows.index(group[failed]), seed] = True
        others = tuple(name for name in group if name != group[failed])
        if others:
            yield from self._train(others, seed)

    def _done(self, more: float = 0.0) -> float:
        return (self._trained + more) / self._failed.size

    def _result(self) -> AblationResult:
        figures = {name: values.copy() for name, values in self._figures.items()}
        return AblationResult(done=self._done(), failed=self._failed.copy(), **figures)
