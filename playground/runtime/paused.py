"""Where a run paused, and which requests go on from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np

from playground.runtime.contracts import Frame, State
from playground.runtime.requests import TabRequest


@dataclass(frozen=True)
class Paused:
    """A run that can go on: what was asked, the frames before the State, the State, and when it was saved."""

    request: TabRequest
    frames: tuple[Frame, ...]
    state: State
    saved: float

    def leads_to(self, request: TabRequest) -> bool:
        """Whether everything that acted before the State's step is equal in `request`.

        So only the number of steps, the changes scheduled at or after that step and how it is drawn may differ.
        """
        if type(request) is not type(self.request) or not request.growing & set(type(request).model_fields):
            return False
        free = set(request.growing | request.view_fields())
        if request.model_dump_json(exclude=free) != self.request.model_dump_json(exclude=free):
            return False
        long_enough = getattr(request, "steps", self.state.step) >= self.state.step
        return long_enough and self._acted(request) == self._acted(self.request)

    def earlier(self, request: TabRequest) -> list[Frame]:
        """The frames before the State, as shares of the new number of steps."""
        scale = max(1, getattr(self.request, "steps", 1)) / max(1, getattr(request, "steps", 1))
        return [replace(frame, done=min(1.0, frame.done * scale)) for frame in self.frames]

    def bytes(self) -> int:
        """Size of the arrays, however deep in the frames they are."""
        return _array_bytes(self.state) + _array_bytes(self.frames)

    def _acted(self, request: TabRequest) -> tuple[Any, ...]:
        return tuple(change for change in getattr(request, "schedule", ()) if change.step < self.state.step)


def _array_bytes(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return value.nbytes
    if is_dataclass(value):
        return sum(_array_bytes(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, Mapping):
        return sum(map(_array_bytes, value.values()))
    return sum(map(_array_bytes, value)) if isinstance(value, tuple | list) else 0
