"""A run of the sampling tab as it is drawn and downloaded."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from playground.runtime.contracts import Frame
from playground.tabs.sampling.frames import GroupMap, Images, Pictures, SamplingStart
from playground.ui.image_grid import data_uri


@dataclass
class View:
    """A run so far: its hierarchy, the batches of pictures of every (variant, section), the map of its groups."""

    start: SamplingStart | None = None
    batches: dict[tuple[int, int], list[Images]] = field(default_factory=dict)
    groups: GroupMap | None = None

    def fold(self, frame: Frame) -> None:
        """Take in the next frame."""
        if isinstance(frame, SamplingStart):
            self.start, self.batches, self.groups = frame, {}, None
        elif isinstance(frame, Pictures):
            self.batches.setdefault((frame.variant, frame.section), []).append(frame.images)
        elif isinstance(frame, GroupMap):
            self.groups = frame

    def images(self, variant: int, section: int) -> Images | None:
        """The pictures (N, H, W, C) of a section that are there."""
        batches = self.batches.get((variant, section))
        return np.concatenate(batches) if batches else None

    def to_dict(self) -> dict[str, Any]:
        """The run as plain JSON values; pictures are addresses of PNGs."""
        if self.start is None:
            return {"pictures": [], "groups": []}
        first, second = map(data_uri, self.start.picked)
        return {
            "A": first,
            "B": second,
            "pictures": list(self._pictures()),
            "groups": list(self._groups()),
            "attributes": list(self.start.attributes),
        }

    def to_json(self) -> bytes:
        """The run as a JSON file."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1).encode()

    def to_csv(self) -> bytes:
        """A table with one line for each group of latents."""
        file = io.StringIO()
        table = csv.DictWriter(file, ("group", "side", "channels", "kl", "active"))
        table.writeheader()
        table.writerows(self._groups())
        return file.getvalue().encode()

    def _pictures(self) -> Iterator[dict[str, Any]]:
        assert self.start
        names = tuple(self.start.sections)
        for (variant, section), batches in self.batches.items():
            about = {"variant": self.start.variants[variant], "section": names[section]}
            for place, picture in enumerate(np.concatenate(batches)):
                yield about | {"place": place, "png": data_uri(picture)}

    def _groups(self) -> Iterator[dict[str, Any]]:
        if self.start is None:
            return
        for group, side in enumerate(self.start.sides.tolist()):
            known = self.groups
            kl = round(float(known.kl[group]), 4) if known else None
            active = int(known.active[group]) if known else None
            yield {"group": group + 1, "side": side, "channels": self.start.channels, "kl": kl, "active": active}


def fold(view: View | None, frame: Frame) -> View:
    """The view with one more frame; None begins a new one."""
    view = view or View()
    view.fold(frame)
    return view
