"""Failures are repeated, not retried, for a while: 1 s after the first, doubling up to 60 s."""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from playground.runtime.errors import PlaygroundError

K = TypeVar("K", bound=Hashable)
LONGEST = 60.0


class BackOff(Generic[K]):
    """The latest failure of each key, and until when it stands."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures: dict[K, tuple[PlaygroundError, int, float]] = {}  # error, failures in a row, until when

    def check(self, key: K) -> None:
        """Raise the key's latest error again while it stands."""
        error, _, until = self._failures.get(key, (None, 0, 0.0))
        if error is not None and self._clock() < until:
            raise fresh(error)

    def failed(self, key: K, error: PlaygroundError) -> None:
        """Note one more failure in a row."""
        failures = self._failures[key][1] + 1 if key in self._failures else 1
        wait = min(LONGEST, 2.0 ** min(failures - 1, 6))
        self._failures[key] = (fresh(error), failures, self._clock() + wait)

    def succeeded(self, key: K) -> None:
        """Forget the failures of a key."""
        self._failures.pop(key, None)


def fresh(error: PlaygroundError) -> PlaygroundError:
    """The same error without its traceback, whose frames would keep what they hold in memory."""
    return copy.copy(error)
