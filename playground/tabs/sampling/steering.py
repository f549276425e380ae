"""The noise of every picture that a request shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.nets.directions import Direction
from playground.tabs.sampling.attributes import moved
from playground.tabs.sampling.noises import Drawer, Noise, Noises, between
from playground.tabs.sampling.origins import Picture
from playground.tabs.sampling.request import Move, SamplingRequest
from playground.tabs.sampling.sections import SWEEP, Section, picture_at, swept


class Steering:
    """What a request makes of noise that a model draws."""

    def __init__(self, request: SamplingRequest, model: Drawer, directions: Mapping[str, Direction]) -> None:
        self._request, self._directions = request, directions
        self._noises = Noises(model)

    def picture(self, picture: Picture) -> Noise:
        """The noise (1, C, H, W) of every group of a picture."""
        return self._noises.of(picture)

    def noise(self, section: Section, place: int, temperatures: Sequence[float]) -> Noise:
        """The noise of a picture of a section, to be drawn at these temperatures (G,)."""
        picture = picture_at(self._request, section.name, place, len(temperatures))
        if picture is not None:
            return self.picture(picture)
        subject = self.picture(self._request.subject)
        if section.name == "walked":
            return between(subject, self.picture(self._request.second), place / max(section.count - 1, 1))
        return moved(subject, self._directions, self._moves(section, place), temperatures)

    def _moves(self, section: Section, place: int) -> tuple[Move, ...]:
        """How far a picture moves along each attribute; those of a sweep differ in one."""
        if section.name == "moved":
            return self._request.moves
        name = swept(self._request, tuple(self._directions))
        others = (move for move in self._request.moves if move.name != name)
        return (*others, Move(name=name, amount=SWEEP[place]))
