"""Where a run paused, and which requests go on from there."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from playground.runtime.contracts import Frame, State
from playground.runtime.requests import TabRequest

_GROWING = {"steps", "schedule"}  # the fields that may get longer while the run stays the same so far


@dataclass(frozen=True)
class Paused:
    """A run that can go on: what was asked, the frames before the State, the State, and when it was saved."""

    request: TabRequest
    frames: tuple[Frame, ...]
    state: State
    saved: float

    def leads_to(self, request: TabRequest) -> bool:
        """Whether everything that acted before the State's step is equal in `request`.

        So only the number of steps and the changes scheduled at or after that step may differ.
        """
        if type(request) is not type(self.request) or not _GROWING & set(type(request).model_fields):
            return False
        if request.model_dump_json(exclude=_GROWING) != self.request.model_dump_json(exclude=_GROWING):
            return False
        long_enough = getattr(request, "steps", self.state.step) >= self.state.step
        return long_enough and self._acted(request) == self._acted(self.request)

    def earlier(self, request: TabRequest) -> list[Frame]:
        """The frames before the State, as shares of the new number of steps."""
        scale = max(1, getattr(self.request, "steps", 1)) / max(1, getattr(request, "steps", 1))
        return [replace(frame, done=min(1.0, frame.done * scale)) for frame in self.frames]

    def bytes(self) -> int:
        """Size of the arrays."""
        frames = ((getattr(frame, field.name) for field in fields(frame)) for frame in self.frames)
        arrays = [value for frame in frames for value in frame if isinstance(value, np.ndarray)]
        return sum(array.nbytes for array in (*self.state.arrays.values(), *arrays))

    def _acted(self, request: TabRequest) -> tuple[Any, ...]:
        return tuple(change for change in getattr(request, "schedule", ()) if change.step < self.state.step)
