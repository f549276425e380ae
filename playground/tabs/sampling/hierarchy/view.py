"""A run of the panel as it is drawn and downloaded: its recorded pictures, in order."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.runtime.contracts import Frame
from playground.runtime.recorded_steps import at_moment, recorded, take_in
from playground.tabs.sampling.hierarchy.frames import HierarchyFailure, HierarchyFrame, HierarchyStart
from playground.tabs.sampling.hierarchy.request import HierarchyRequest
from playground.tabs.sampling.hierarchy.verdict import active_units, bits_per_dimension

ALL_ON_THE_GRID = 0  # first steps that are recorded besides


@dataclass
class View:
    """A run so far; `failure` is where it stands, as long as it has not gone on from there with other settings."""

    start: HierarchyStart | None = None
    frames: list[HierarchyFrame] = field(default_factory=list)
    failure: HierarchyFailure | None = None

    def fold(self, frame: Frame) -> None:
        """Take in the next frame."""
        if isinstance(frame, HierarchyStart):
            self.start = frame
        elif isinstance(frame, HierarchyFailure):
            self.failure = frame
        elif isinstance(frame, HierarchyFrame):
            take_in(self.frames, frame)

    def recorded(self, every: int) -> list[HierarchyFrame]:
        """The pictures of the run; one from where an earlier, shorter run ended is left out."""
        return recorded(self.frames, every, first=ALL_ON_THE_GRID)

    def at(self, request: HierarchyRequest) -> HierarchyFrame | None:
        """The picture that the request's moment shows."""
        return at_moment(self.recorded(request.every), request.moment)

    def to_dict(self, every: int = 1) -> dict[str, Any]:
        """The run as plain JSON values, in nats a picture and in bits for each of its numbers."""
        start, failure = self.start, self.failure
        ground = {} if start is None else {"sides": start.sides.tolist(), "dimensions": start.dimensions}
        broken = None if failure is None else {"step": failure.step, "variant": failure.variant}
        return ground | {"failure": broken, "rows": list(self._rows(every))}

    def to_json(self, every: int) -> bytes:
        """The run as a JSON file."""
        return json.dumps(self.to_dict(every), ensure_ascii=False, indent=1).encode()

    def to_csv(self, every: int, names: list[str]) -> bytes:
        """A table with one line for each recorded picture, variant and group."""
        file = io.StringIO()
        table = csv.writer(file)
        totals = ("weight", "reconstruction", "bits_per_dimension")
        table.writerow(("variant", "name", "step", "group", "kl", "active", *totals))
        for row in self._rows(every):
            for group, (kl, active) in enumerate(zip(row["kl"], row["active"], strict=True)):
                own = (row["variant"], names[row["variant"]], row["step"], group + 1, kl, active)
                table.writerow((*own, *(row[name] for name in totals)))
        return file.getvalue().encode()

    def _rows(self, every: int) -> Iterator[dict[str, Any]]:
        start = self.start
        if start is None:
            return
        for frame in self.recorded(every):
            for variant, kl in enumerate(frame.kl):
                nats = negative_elbo(frame, variant)
                yield {
                    "variant": variant,
                    "step": frame.step,
                    "weight": float(frame.weight[variant]),
                    "reconstruction": float(frame.reconstruction[variant]),
                    "kl": kl.sum(1).tolist(),
                    "active": active_units(kl).tolist(),
                    "bits_per_dimension": bits_per_dimension(nats, start.dimensions),
                }


def negative_elbo(frame: HierarchyFrame, variant: int) -> float:
    """Reconstruction and KL together, in nats a picture."""
    return float(frame.reconstruction[variant]) + float(frame.kl[variant].sum())


def fold(view: View | None, frame: Frame) -> View:
    """The view with one more frame; None begins a new one."""
    view = view or View()
    view.fold(frame)
    return view
