"""Objects whose lock survives a fork: held across it by the parent, made afresh in the child.

Without this, a lock that another thread holds at the fork stays locked in the child for ever, and
what it guards may be half changed.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Protocol


class ForkSafe(Protocol):
    """Guards its state with `lock`, and can start afresh in a child process."""

    lock: threading.RLock

    def start_afresh(self) -> None:
        """Make a new lock and forget what other threads were doing: a child has none of them."""
        ...


_registered: weakref.WeakSet[ForkSafe] = weakref.WeakSet()
_held: list[ForkSafe] = []


def survive_forks(owner: ForkSafe) -> None:
    """Keep the owner usable in forked children for as long as it lives."""
    _registered.add(owner)


class ForkSafeLock:
    """A lock around work that must not be cut in half by a fork: a fork waits for it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        survive_forks(self)

    def start_afresh(self) -> None:
        """Make a new lock."""
        self.lock = threading.RLock()

    def __enter__(self) -> None:
        self.lock.acquire()

    def __exit__(self, *_: object) -> None:
        self.lock.release()


def _before() -> None:
    for owner in list(_registered):
        owner.lock.acquire()
        _held.append(owner)


def _after_in_parent() -> None:
    while _held:
        _held.pop().lock.release()


def _after_in_child() -> None:
    while _held:
        _held.pop().start_afresh()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
