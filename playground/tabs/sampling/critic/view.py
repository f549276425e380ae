"""A run of the panel as it is drawn and downloaded: pictures of the critics, or the distances of batches."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.runtime.contracts import Frame
from playground.runtime.recorded_steps import at_moment, recorded, take_in
from playground.tabs.sampling.critic.frames import Batches, CriticFailure, CriticFrame, CriticStart, Likenesses
from playground.tabs.sampling.critic.request import CriticRequest
from playground.ui.numbers import finite

NUMBERS = ("estimate", "exact", "gradient", "steepest", "bound", "distance", "spread", "frechet")
KINDS = ("real", "mean", "centres")


@dataclass
class View:
    """A run so far; what belongs to the other exhibit stays empty."""

    start: CriticStart | None = None
    frames: list[CriticFrame] = field(default_factory=list)
    failure: CriticFailure | None = None
    batches: list[Batches] = field(default_factory=list)
    likenesses: Likenesses | None = None

    def recorded(self, request: CriticRequest) -> list[CriticFrame]:
        """The pictures of the run; one from where an earlier, shorter run ended is left out."""
        return recorded(self.frames, request.every)

    def at(self, request: CriticRequest, live: bool = False) -> CriticFrame | None:
        """The picture that the request's moment shows; of a run that goes on the newest."""
        return at_moment(self.recorded(request), 1000 if live else request.moment)

    def sweep(self, name: str) -> list[Batches]:
        """The distances over the dimension or over the batch size."""
        return [batches for batches in self.batches if batches.sweep == name]

    def to_dict(self, request: CriticRequest | None = None) -> dict[str, Any]:
        """The run as plain JSON values; null stands for what is not a number."""
        answer: dict[str, Any] = {"rows": list(self.rows(request))}
        if self.start is not None:
            answer["real"] = {name: finite(getattr(self.start, name)) for name in ("reference", "spread", "frechet")}
        if self.failure is not None:
            answer["failure"] = {"step": self.failure.step, "critic": self.failure.critic}
        return answer

    def to_json(self, request: CriticRequest) -> bytes:
        """The run as a JSON file."""
        return json.dumps(self.to_dict(request), ensure_ascii=False, indent=1).encode()

    def to_csv(self, request: CriticRequest) -> bytes:
        """A line for each picture and critic, or for each pair of batches."""
        rows, file = list(self.rows(request)), io.StringIO()
        table = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else [])
        table.writeheader()
        table.writerows(rows)
        return file.getvalue().encode()

    def rows(self, request: CriticRequest | None = None) -> Iterator[dict[str, Any]]:
        """All numbers of the run."""
        yield from self._critic_rows(self.frames if request is None else self.recorded(request))
        for batches in self.batches:
            place = {"sweep": batches.sweep, "dimension": batches.dimension, "batch": batches.batch}
            for number in range(len(batches.real)):
                yield place | {kind: float(getattr(batches, kind)[number]) for kind in KINDS}

    def _critic_rows(self, frames: list[CriticFrame]) -> Iterator[dict[str, Any]]:
        critics = self.start.critics if self.start else ()
        for frame in frames:
            for place, critic in enumerate(critics):
                numbers = {name: finite(float(getattr(frame, name)[place])) for name in NUMBERS}
                yield {"critic": critic, "step": frame.step} | numbers


def fold(view: View | None, frame: Frame) -> View:
    """The view with one more frame; None begins a new one."""
    view = view or View()
    if isinstance(frame, CriticStart):
        view.start = frame
    elif isinstance(frame, CriticFailure):
        view.failure = frame
    elif isinstance(frame, CriticFrame):
        take_in(view.frames, frame)
    elif isinstance(frame, Batches):
        view.batches.append(frame)
    elif isinstance(frame, Likenesses):
        view.likenesses = frame
    return view
