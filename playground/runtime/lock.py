"""Who may work on a device, and when: first come, first served, among those who are there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile

RUNS_AT_ONCE = 8  # runs that take turns on one device


class Ticket:
    """A place in a line."""

    __slots__ = ("present",)

    def __init__(self) -> None:
        self.present = False


class FairSemaphore:
    """A semaphore granted in the order of arrival.

    A ticket keeps its place while its owner is away, but only owners inside :meth:`wait` are served,
    so nobody waits for somebody who has left. Any thread may release.
    """

    def __init__(self, permits: int = 1) -> None:
        self._changed = threading.Condition()
        self._line: list[Ticket] = []
        self._free = permits

    def join(self) -> Ticket:
        """Take a place at the end of the line."""
        ticket = Ticket()
        with self._changed:
            self._line.append(ticket)
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give up a place; nothing happens if it has been served."""
        with self._changed:
            if ticket in self._line:
                self._line.remove(ticket)
                self._changed.notify_all()

    def wait(self, ticket: Ticket, cancelled: Callable[[], bool], timeout: float | None = None) -> bool:
        """True once it is this ticket's turn, False after `timeout` seconds or when cancelled.

        `cancelled` is asked again after every :meth:`wake`.
        """
        with self._changed:
            ticket.present = True
            self._changed.wait_for(lambda: cancelled() or self._next() is ticket, timeout)
            granted = self._next() is ticket and not cancelled()
            ticket.present = False
            if granted:
                self._line.remove(ticket)
                self._free -= 1
            self._changed.notify_all()  # somebody else may be next now
            return granted

    def acquire(self, cancelled: Callable[[], bool]) -> bool:
        """Join the line and wait; False when cancelled, and then the place is given up."""
        ticket = self.join()
        try:
            return self.wait(ticket, cancelled)
        finally:
            self.leave(ticket)

    def release(self) -> None:
        """Let the next one in."""
        with self._changed:
            self._free += 1
            self._changed.notify_all()

    def wake(self) -> None:
        """Make everyone who waits look again whether they are cancelled."""
        with self._changed:
            self._changed.notify_all()

    def place(self, ticket: Ticket) -> int:
        """Place in line: 1 is next, 0 is not in line."""
        with self._changed:
            return self._line.index(ticket) + 1 if ticket in self._line else 0

    @property
    def contended(self) -> bool:
        """Whether somebody is there and waiting."""
        return any(ticket.present for ticket in tuple(self._line))

    def __len__(self) -> int:
        return len(self._line)

    def _next(self) -> Ticket | None:
        return next((ticket for ticket in self._line if ticket.present), None) if self._free else None


@dataclass(frozen=True)
class DeviceLine:
    """What stands before a device: runs wait for admission, and admitted runs take turns at the lock.

    `work` says by run id, in the order of arrival, how many seconds each run still needs.
    """

    device: str
    admission: FairSemaphore = field(default_factory=lambda: FairSemaphore(RUNS_AT_ONCE))
    lock: FairSemaphore = field(default_factory=FairSemaphore)
    work: dict[str, Callable[[], float]] = field(default_factory=dict)

    def work_before(self, run_id: str) -> float:
        """Seconds of work of all runs that came before this one."""
        return sum(seconds() for _, seconds in takewhile(lambda item: item[0] != run_id, tuple(self.work.items())))

    def wake(self) -> None:
        """Make everyone who waits look again whether they are cancelled."""
        self.admission.wake()
        self.lock.wake()

    def __len__(self) -> int:
        return len(self.admission) + len(self.lock)
