"""At which steps of a live training a picture is taken, and which of the pictures a view shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

FIRST = 10  # steps that all are recorded, where nothing else is said: the fastest collapse is over by then
PER_INTERVAL = 100  # pictures until the interval doubles: about 440 in 20,000 steps at every 10


class Picture(Protocol):
    """A frame of a training as it is after `step` steps."""

    @property
    def step(self) -> int:
        """How many steps were taken."""
        ...


P = TypeVar("P", bound=Picture)


def is_recorded(step: int, every: int, first: int = FIRST) -> bool:
    """Whether a picture is taken at this step, however long the run; the last step has one in any case.

    Often at first, at each of the `first` steps, then ever more seldom.
    """
    interval, end = every, PER_INTERVAL * every
    while step > end:
        interval *= 2
        end += PER_INTERVAL * interval
    return step <= first or step % interval == 0


def take_in(pictures: list[P], picture: P) -> None:
    """Append the next picture; one that comes again takes the place of the earlier one and of all after it."""
    while pictures and pictures[-1].step >= picture.step:
        pictures.pop()
    pictures.append(picture)


def recorded(pictures: Sequence[P], every: int, first: int = FIRST) -> list[P]:
    """The pictures of a run; one from where an earlier, shorter run ended is left out."""
    if not pictures:
        return []
    return [picture for picture in pictures[:-1] if is_recorded(picture.step, every, first)] + [pictures[-1]]


def at_moment(pictures: Sequence[P], moment: int) -> P | None:
    """The picture nearest to a moment, in thousandths of the run's steps; None without pictures."""
    if not pictures:
        return None
    step = pictures[-1].step * moment / 1000
    return min(pictures, key=lambda picture: abs(picture.step - step))
