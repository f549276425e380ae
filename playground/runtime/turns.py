"""A run's turns at the device lock, and how many seconds of work they came to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playground.runtime.errors import Cancelled
from playground.runtime.lock import FairSemaphore

STOPPED = "This run was stopped."


class Turns:
    """Takes and gives the lock for one run; the clock runs only while it is held."""

    def __init__(self, lock: FairSemaphore, cancelled: Callable[[], bool], clock: Callable[[], float]) -> None:
        self._lock, self._cancelled, self._clock = lock, cancelled, clock
        self._before = 0.0  # seconds of earlier turns
        self._since: float | None = None  # when this turn began, None between turns

    @property
    def seconds(self) -> float:
        """Seconds of work until now."""
        return self._before + (0.0 if self._since is None else self._clock() - self._since)

    @property
    def contended(self) -> bool:
        """Whether others wait for their turn."""
        return self._lock.contended

    def take(self) -> None:
        """Wait for the lock; raises Cancelled when the run is stopped first."""
        if not self._lock.acquire(self._cancelled):
            raise Cancelled(STOPPED)
        self._since = self._clock()

    def give(self) -> None:
        """Give the lock back, if it is held."""
        if self._since is not None:
            self._before, self._since = self.seconds, None
            self._lock.release()

    @contextmanager
    def interrupted(self) -> Iterator[None]:
        """Leave the lock to others during a block, if it is held, and take it again after."""
        held = self._since is not None
        self.give()
        try:
            yield
        finally:
            if held:
                self.take()
