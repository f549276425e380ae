"""A few-shot run as it is drawn and downloaded: its trainings by method, K and seed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from playground.runtime.contracts import Frame
from playground.runtime.text_files import plain_cell
from playground.tabs.prompting.few_shot.frames import FewShotResult, FewShotSplit, FewShotStart, FewShotStep
from playground.tabs.prompting.few_shot.measures import interval
from playground.tabs.prompting.few_shot.request import FewShotRequest, Training
from playground.ui.numbers import finite

COLUMNS = ("method", "shots", "seed", "accuracy", "macro_f1", "seconds")


class Point(NamedTuple):
    """The mean accuracy of a method at one K over its seeds, with its 95 % interval and seconds of a training."""

    shots: int
    mean: float
    low: float
    high: float
    seeds: int
    seconds: float


@dataclass
class View:
    """A run so far: results by training, and the steps of the last training of every method."""

    start: FewShotStart | None = None
    splits: dict[int, FewShotSplit] = field(default_factory=dict)
    results: dict[Training, FewShotResult] = field(default_factory=dict)
    steps: dict[str, list[FewShotStep]] = field(default_factory=dict)

    @property
    def tests(self) -> int:
        """How many texts every training is judged on."""
        return 0 if self.start is None else int(self.start.test.sum())

    def curve(self, method: str) -> list[Point]:
        """The learning curve of a method as far as it is known."""
        found: dict[int, list[FewShotResult]] = {}
        for training, result in self.results.items():
            if training.method == method:
                found.setdefault(training.shots, []).append(result)
        return [self._point(shots, found[shots]) for shots in sorted(found)]

    def under_way(self) -> FewShotStep | None:
        """The last step of the training that has no result yet."""
        last = next(reversed(self.steps.values()), None)
        if not last or Training(last[-1].method, last[-1].shots, last[-1].seed) in self.results:  # type: ignore[arg-type]
            return None
        return last[-1]

    def latest(self, method: str) -> FewShotResult | None:
        """The newest result of a method."""
        own = [result for training, result in self.results.items() if training.method == method]
        return own[-1] if own else None

    def to_dict(self) -> dict[str, Any]:
        """The run as plain JSON values."""
        start = self.start
        ground = {} if start is None else {name: plain(value) for name, value in vars(start).items() if name != "done"}
        curves = {
            method: [point._asdict() for point in self.curve(method)]
            for method in dict.fromkeys(training.method for training in self.results)
        }
        return ground | {"curves": curves, "rows": list(self._rows())}

    def to_json(self, request: FewShotRequest) -> bytes:
        """What was asked and what came of it, as a JSON file."""
        asked = request.model_dump(mode="json", exclude={"pasted"})
        return json.dumps({"request": asked} | self.to_dict(), ensure_ascii=False, indent=1).encode()

    def to_csv(self) -> bytes:
        """A table with one line for each training; no cell begins like a formula."""
        file = io.StringIO()
        table = csv.writer(file)
        table.writerow(("task", *COLUMNS))
        task = "" if self.start is None else plain_cell(self.start.task)
        table.writerows([task, *(row[column] for column in COLUMNS)] for row in self._rows())
        return file.getvalue().encode()

    def _rows(self) -> Iterator[dict[str, Any]]:
        for training, result in self.results.items():
            numbers = {name: getattr(result, name) for name in COLUMNS[3:]}
            confusion, details = result.confusion.tolist(), plain(dict(result.details))
            yield training._asdict() | numbers | {"confusion": confusion, "details": details}

    def _point(self, shots: int, results: list[FewShotResult]) -> Point:
        accuracies = [result.accuracy for result in results]
        low, high = interval(accuracies, self.tests)
        seconds = sum(result.seconds for result in results) / len(results)
        return Point(shots, sum(accuracies) / len(results), low, high, len(results), seconds)


def fold(view: View | None, frame: Frame) -> View:
    """The view with one more frame; None begins a new one."""
    view = view or View()
    if isinstance(frame, FewShotStart):
        view.start = frame
    elif isinstance(frame, FewShotSplit):
        view.splits[frame.seed] = frame
    elif isinstance(frame, FewShotResult):
        view.results[Training(frame.method, frame.shots, frame.seed)] = frame  # type: ignore[arg-type]
    elif isinstance(frame, FewShotStep):
        _take_in(view.steps, frame)
    return view


def _take_in(steps: dict[str, list[FewShotStep]], frame: FewShotStep) -> None:
    """Keep a step with the others of its training, and drop those of the method's training before."""
    own = steps.pop(frame.method, [])
    if own and (own[-1].shots, own[-1].seed) != (frame.shots, frame.seed):
        own = []
    steps[frame.method] = [*own, frame]


def plain(value: Any) -> Any:
    """JSON values of what frames hold; null stands for what is not a number."""
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return finite(value) if isinstance(value, float) else value
