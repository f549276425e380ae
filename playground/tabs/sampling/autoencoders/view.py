"""A live training of autoencoders as it is drawn and downloaded: its recorded pictures, in order."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.runtime.contracts import Frame
from playground.runtime.recorded_steps import at_moment, recorded, take_in
from playground.tabs.sampling.autoencoders.frames import AutoencodersFailure, AutoencodersFrame, AutoencodersStart
from playground.tabs.sampling.autoencoders.request import AutoencodersRequest
from playground.ui.numbers import finite

NUMBERS = ("loss", "reconstruction", "gap")
SAMPLED = ("frechet_normal", "frechet_scaled", "frechet_mixture")
COLUMNS = ("treatment", "step", *NUMBERS, *SAMPLED)


@dataclass
class View:
    """A run so far; `failure` is why it broke off."""

    start: AutoencodersStart | None = None
    frames: list[AutoencodersFrame] = field(default_factory=list)
    failure: AutoencodersFailure | None = None

    def recorded(self, request: AutoencodersRequest) -> list[AutoencodersFrame]:
        """The pictures of the run; one from where an earlier, shorter run ended is left out."""
        return recorded(self.frames, request.interval(), first=0)

    def at(self, request: AutoencodersRequest) -> AutoencodersFrame | None:
        """The picture that the request's moment shows."""
        return at_moment(self.recorded(request), request.moment)

    def to_dict(self, request: AutoencodersRequest | None = None) -> dict[str, Any]:
        """The run as plain JSON values; null stands for what is not a number."""
        start, failure = self.start, self.failure
        ground = {} if start is None else {"reference": finite(start.reference), "compared": start.count}
        broken = None if failure is None else {"step": failure.step, "treatment": failure.treatment}
        return ground | {"failure": broken, "rows": list(self._rows(request))}

    def to_json(self, request: AutoencodersRequest) -> bytes:
        """The run as a JSON file."""
        return json.dumps(self.to_dict(request), ensure_ascii=False, indent=1).encode()

    def to_csv(self, request: AutoencodersRequest) -> bytes:
        """A table with one line for each recorded picture and treatment."""
        file = io.StringIO()
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for row in self._rows(request):
            table.writerow("" if row[column] is None else row[column] for column in COLUMNS)
        return file.getvalue().encode()

    def _rows(self, request: AutoencodersRequest | None) -> Iterator[dict[str, Any]]:
        """The numbers of every picture and treatment."""
        treatments = self.start.treatments if self.start else ()
        for frame in self.frames if request is None else self.recorded(request):
            for place, treatment in enumerate(treatments):
                numbers = {name: float(getattr(frame, name)[place]) for name in NUMBERS}
                numbers |= dict(zip(SAMPLED, frame.frechet[place].tolist(), strict=True))
                plain = {name: finite(number) for name, number in numbers.items()}
                yield {"treatment": treatment, "step": frame.step} | plain


def fold(view: View | None, frame: Frame) -> View:
    """The view with one more frame; None begins a new one."""
    view = view or View()
    if isinstance(frame, AutoencodersStart):
        view.start = frame
    elif isinstance(frame, AutoencodersFailure):
        view.failure = frame
    elif isinstance(frame, AutoencodersFrame):
        take_in(view.frames, frame)
    return view
