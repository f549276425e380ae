"""A run of the panel as it is drawn and downloaded."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from typing import Any

from playground.runtime.contracts import Frame
from playground.tabs.sampling.reconstruct.frames import Missing, Original, Prepared, Reconstruction

NUMBERS = ("squared_error", "error_below", "bits", "latent_bits", "bits_below", "held_out")


@dataclass
class Rebuilt:
    """The picture, what the models of each set see, and what each makes of it, in the order in which it came."""

    original: Original | None = None
    prepared: dict[str, Prepared] = field(default_factory=dict)
    made: list[Reconstruction] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    def of_set(self, name: str) -> list[Reconstruction]:
        """What the models of a set made."""
        return [each for each in self.made if each.set == name]

    def rows(self) -> list[dict[str, Any]]:
        """A line for each model."""
        return [
            {"model": each.model, "trained_on": each.set} | {name: getattr(each, name) for name in NUMBERS}
            for each in self.made
        ]

    def to_dict(self) -> dict[str, Any]:
        """The run as plain JSON values."""
        pictures = {each.model: each.picture.tolist() for each in self.made}
        seen = {
            name: {"steps": list(each.steps), "picture": each.picture.tolist()} for name, each in self.prepared.items()
        }
        missing = [each.model for each in self.missing]
        return {"rows": self.rows(), "seen": seen, "reconstructions": pictures, "missing": missing}

    def to_json(self) -> bytes:
        """The run as a JSON file."""
        return json.dumps(self.to_dict()).encode()

    def to_csv(self) -> bytes:
        """The numbers as a table."""
        file = io.StringIO()
        table = csv.DictWriter(file, ["model", "trained_on", *NUMBERS])
        table.writeheader()
        table.writerows(self.rows())
        return file.getvalue().encode()


def fold(view: Rebuilt | None, frame: Frame) -> Rebuilt:
    """The view with one more frame; None begins a new one."""
    view = view or Rebuilt()
    if isinstance(frame, Original):
        view.original = frame
    elif isinstance(frame, Prepared):
        view.prepared[frame.set] = frame
    elif isinstance(frame, Reconstruction):
        view.made.append(frame)
    elif isinstance(frame, Missing):
        view.missing.append(frame)
    return view
