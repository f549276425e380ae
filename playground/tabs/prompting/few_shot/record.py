"""Record the learning curves that the panel shows behind a run.

    python -m playground.tabs.prompting.few_shot.record [--tasks mr …] [--methods pet …] [--shots 4 16] [--seeds 5]

Writes assets/prompting/curves.json: one entry a task, model, method and K, with the accuracy of every seed, the
seconds of a training, the date, the commit and the machine. Each method is written as soon as it is measured; entries
that are not measured this time stay.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, get_args

from playground.runtime.recording import Leases, ground
from playground.tabs.prompting.few_shot import engine, recorded
from playground.tabs.prompting.few_shot.recorded import Entry
from playground.tabs.prompting.few_shot.request import FewShotRequest, MethodName
from playground.tabs.prompting.few_shot.view import View, fold
from playground.tabs.prompting.tasks import TASKS

SHOTS = (1, 4, 16, 64)
SEEDS = 5
TESTS = 1000


def main() -> None:
    """Measure every method on every task."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", nargs="+", default=TASKS, choices=TASKS)
    parser.add_argument("--methods", nargs="+", default=get_args(MethodName), choices=get_args(MethodName))
    parser.add_argument("--shots", nargs="+", type=int, default=SHOTS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--tests", type=int, default=TESTS)
    parser.add_argument("--model", help="instead of the zoo's own for the task")
    options = parser.parse_args()
    model = {"model": options.model} if options.model else {}
    for task in options.tasks:
        for method in options.methods:
            asked = {"task": task, "methods": (method,), "shots": tuple(options.shots)} | model
            write(list(measured(FewShotRequest(**asked, seeds=options.seeds, tests=options.tests))))


def measured(request: FewShotRequest) -> Iterator[Entry]:
    """The entries of a request, one for each method and K."""
    view: View | None = None
    for frame in engine.run(request, Leases()):
        if type(frame) in engine.FRAMES[1:]:
            view = fold(view, frame)
        print(f"{request.task}, {', '.join(request.methods)}: {frame.done:.0%}", end="\r", flush=True)
    assert view is not None
    on: dict[str, Any] = {**ground(), "updates": request.updates}
    on |= {"task": request.task, "model": request.masked_model(), "tests": view.tests}
    for method in request.methods:
        for point in view.curve(method):
            own = [result for key, result in view.results.items() if key[:2] == (method, point.shots)]
            accuracies = tuple(result.accuracy for result in own)
            yield Entry(method=method, shots=point.shots, accuracies=accuracies, seconds=point.seconds, **on)


def write(new: list[Entry]) -> None:
    """Put entries into the file, in the place of older ones of the same kind."""
    path = recorded.RECORDED
    known = json.loads(path.read_text("utf-8")) if path.exists() else []
    rows = {_kind(row): row for row in [*known, *map(asdict, new)]}
    lines = (json.dumps(rows[kind], ensure_ascii=False) for kind in sorted(rows))
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")


def _kind(row: dict[str, Any]) -> tuple[str, str, str, int]:
    return row["task"], row["model"], row["method"], row["shots"]


if __name__ == "__main__":
    main()
