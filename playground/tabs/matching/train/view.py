"""A live training of losses as it is drawn and downloaded: its recorded pictures, in order."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.runtime.contracts import Frame
from playground.runtime.recorded_steps import at_moment, recorded, take_in
from playground.tabs.matching.train.frames import TrainFailure, TrainFrame, TrainStart
from playground.tabs.matching.train.request import MatchingTrainRequest
from playground.ui.numbers import finite

NUMBERS = ("loss", "accuracy", "cosine_accuracy", "training_spearman", "spearman")
COLUMNS = ("trained_by", "step", *NUMBERS)


@dataclass
class View:
    """A run so far; `failure` is why it broke off."""

    start: TrainStart | None = None
    frames: list[TrainFrame] = field(default_factory=list)
    failure: TrainFailure | None = None

    def recorded(self, request: MatchingTrainRequest) -> list[TrainFrame]:
        """The pictures of the run; one from where an earlier, shorter run ended is left out."""
        return recorded(self.frames, request.every, first=0)

    def at(self, request: MatchingTrainRequest, *, live: bool = False) -> TrainFrame | None:
        """The picture that the request's moment shows; of a run that goes on the newest."""
        return self.frames[-1] if live and self.frames else at_moment(self.recorded(request), request.moment)

    def to_dict(self, request: MatchingTrainRequest | None = None) -> dict[str, Any]:
        """The run as plain JSON values; null stands for what is not a number."""
        start, failure = self.start, self.failure
        ground = {} if start is None else {name: getattr(start, name) for name in ("pairs", "seen", "validation")}
        broken = None if failure is None else {"step": failure.step, "loss": failure.loss}
        return ground | {"failure": broken, "rows": list(self._rows(request))}

    def to_json(self, request: MatchingTrainRequest) -> bytes:
        """The run as a JSON file."""
        return json.dumps(self.to_dict(request), ensure_ascii=False, indent=1).encode()

    def to_csv(self, request: MatchingTrainRequest) -> bytes:
        """A table with one line for each recorded picture and loss."""
        file = io.StringIO()
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for row in self._rows(request):
            table.writerow("" if row[column] is None else row[column] for column in COLUMNS)
        return file.getvalue().encode()

    def _rows(self, request: MatchingTrainRequest | None) -> Iterator[dict[str, Any]]:
        """The numbers of every picture and loss."""
        losses = self.start.losses if self.start else ()
        for frame in self.frames if request is None else self.recorded(request):
            for place, loss in enumerate(losses):
                numbers = {name: finite(float(getattr(frame, name)[place])) for name in NUMBERS}
                yield {"trained_by": loss, "step": frame.step} | numbers


def fold(view: View | None, frame: Frame) -> View:
    """The view with one more frame; None begins a new one."""
    view = view or View()
    if isinstance(frame, TrainStart):
        view.start = frame
    elif isinstance(frame, TrainFailure):
        view.failure = frame
    elif isinstance(frame, TrainFrame):
        take_in(view.frames, frame)
    return view
