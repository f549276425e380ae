"""A live training as it is drawn and downloaded: its recorded pictures, in order."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from playground.runtime.contracts import Frame
from playground.runtime.recorded_steps import at_moment, recorded, take_in
from playground.tabs.collapse.frames import CollapseFailure, CollapseFrame, CollapseStart
from playground.tabs.collapse.request import CollapseRequest

MEASURES = (
    "loss",
    "std",
    "rank",
    "participation",
    "knn",
    "alignment",
    "uniformity",
    "encoder_gradient",
    "predictor_gradient",
)
RATES = ("encoder_rate", "predictor_rate")


@dataclass
class View:
    """A run so far; `failure` is where it stands, as long as it has not gone on from there with other settings."""

    start: CollapseStart | None = None
    frames: list[CollapseFrame] = field(default_factory=list)
    failure: CollapseFailure | None = None

    def fold(self, frame: Frame) -> None:
        """Take in the next frame; one that comes again takes the place of the earlier one."""
        if isinstance(frame, CollapseStart):
            self.start = frame
        elif isinstance(frame, CollapseFailure):
            self.failure = frame
        elif isinstance(frame, CollapseFrame):
            take_in(self.frames, frame)
            if self.failure is not None and frame.step > self.failure.step:
                self.failure = None

    def recorded(self, every: int) -> list[CollapseFrame]:
        """The pictures of the run; one from where an earlier, shorter run ended is left out."""
        return recorded(self.frames, every)

    def at(self, request: CollapseRequest) -> CollapseFrame | None:
        """The picture that the request's moment shows."""
        return at_moment(self.recorded(request.every), request.moment)

    def to_dict(self, every: int = 1) -> dict[str, Any]:
        """The run as plain JSON values; null stands for what is not a number."""
        start, failure = self.start, self.failure
        ground = {} if start is None else _ground(start)
        broken = None if failure is None else {name: getattr(failure, name) for name in _FAILURE}
        return ground | {"failure": _plain(broken), "rows": list(self._rows(every))}

    def to_json(self, every: int) -> bytes:
        """The run as a JSON file."""
        return json.dumps(self.to_dict(every), ensure_ascii=False, indent=1).encode()

    def to_csv(self, every: int, names: Sequence[str]) -> bytes:
        """A table with one line for each recorded picture and variant."""
        file = io.StringIO()
        table = csv.writer(file)
        table.writerow(("variant", "name", "step", *MEASURES, *RATES))
        for row in self._rows(every):
            values = ("" if row[name] is None else row[name] for name in (*MEASURES, *RATES))
            table.writerow((row["variant"], names[row["variant"]], row["step"], *values))
        return file.getvalue().encode()

    def _rows(self, every: int) -> Iterator[dict[str, Any]]:
        for frame in self.recorded(every):
            for variant in range(len(frame.loss)):
                numbers = {name: float(getattr(frame, name)[variant]) for name in (*MEASURES, *RATES)}
                spectrum = [value for value in frame.spectrum[variant].tolist() if math.isfinite(value)]
                yield _plain({"variant": variant, "step": frame.step, **numbers, "spectrum": spectrum})


_FAILURE = ("step", "variant", "learning_rate", "largest_weight")


def fold(view: View | None, frame: Frame) -> View:
    """The view with one more frame; None begins a new one."""
    view = view or View()
    view.fold(frame)
    return view


def _ground(start: CollapseStart) -> dict[str, Any]:
    return {
        "classes": list(start.classes),
        "labels": start.labels.tolist(),
        "dimensions": start.dimensions.tolist(),
        "raw_knn": _plain(start.raw_knn),
        "chance": _plain(start.chance),
        "notes": [str(note) for note in start.notes],
    }


def _plain(value: Any) -> Any:
    """Numbers that are none as None, all the way down."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
