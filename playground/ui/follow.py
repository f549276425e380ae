"""A run becomes screens: every frame is folded into the view, drawings come at most 20 times a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from playground.runtime.contracts import Update
from playground.runtime.requests import TabRequest
from playground.ui.tab_view import TabView

DRAW_EVERY = 0.05  # seconds
DRAW_SHARE = 0.5  # of the time may go into drawing and sending, however long one drawing takes


@dataclass(frozen=True)
class Screen:
    """What there is to show at one moment; `drawing` is None where nothing changed but the status."""

    update: Update
    request: TabRequest
    view: Any
    drawing: list[Any] | None
    done: float
    seconds: float


def follow(
    tab: TabView,
    updates: Iterable[Update],
    request: TabRequest,
    language: str,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Screen]:
    """Screens of a run as its updates arrive; the last one shows everything."""
    start, view, done = clock(), None, 0.0
    next_drawing, pending = start, False
    for update in updates:
        if update.frame is not None:
            view, done, pending = tab.folded(view, update.frame), update.frame.done, True
        now = clock()
        drawn = (update.final and view is not None) or (pending and now >= next_drawing)
        if drawn:
            draw = tab.draw if update.final or tab.sketch is None else tab.sketch
            drawing = draw(view, request, language)
            pending = False
        if drawn or update.final or update.frame is None:
            yield Screen(update, request, view, drawing if drawn else None, done, now - start)
        if drawn:
            next_drawing = now + max(DRAW_EVERY, (clock() - now) / DRAW_SHARE)


def finish(tab: TabView, updates: Iterable[Update], request: TabRequest) -> Screen:
    """The last screen of a run, not yet drawn."""
    view, update, done = None, None, 0.0
    for update in updates:
        if update.frame is not None:
            view, done = tab.folded(view, update.frame), update.frame.done
    if update is None or not update.final:
        raise RuntimeError("a run ended without a final update")
    return Screen(update, request, view, None, done, 0.0)
