"""A run becomes screens: every frame is folded into the view, drawings come at most 20 times a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from playground.runtime.contracts import Frame, Update
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
    rest: Callable[[float], object] = time.sleep,
) -> Iterator[Screen]:
    """Screens of a run as its updates arrive; the last one shows everything.

    What was computed before is folded and not drawn. Where the tab sets a pace, every picture is drawn, and
    `rest` waits before it.
    """
    start, view, done = clock(), None, 0.0
    pace = 0.0 if tab.pace is None else tab.pace(request)
    next_drawing = next_word = start
    pending = False  # whether there is something to draw
    for update in updates:
        picture = update.frame is not None and type(update.frame) is not Frame
        if update.frame is not None:
            view, done, pending = tab.folded(view, update.frame), update.frame.done, pending or picture
        if update.remembered and not update.final:
            continue
        if pace and picture:
            rest(max(0.0, next_drawing - clock()))
        now = clock()
        drawn = (update.final and view is not None) or (pending and now >= next_drawing)
        if drawn:
            draw = tab.draw if update.final or tab.sketch is None else tab.sketch
            drawing = draw(view, request, language)
            pending = False
        if drawn or update.final or update.frame is None or (now >= next_word and not picture):
            left = None if pace and update.frame is not None else update.seconds_left
            said = replace(update, seconds_left=left)
            yield Screen(said, request, view, drawing if drawn else None, done, now - start)
            next_word = now + DRAW_EVERY
        if drawn:
            next_drawing = now + max(DRAW_EVERY, pace, (clock() - now) / DRAW_SHARE)


def finish(tab: TabView, updates: Iterable[Update], request: TabRequest) -> Screen:
    """The last screen of a run, not yet drawn."""
    view, update, done = None, None, 0.0
    for update in updates:
        if update.frame is not None:
            view, done = tab.folded(view, update.frame), update.frame.done
    if update is None or not update.final:
        raise RuntimeError("a run ended without a final update")
    return Screen(update, request, view, None, done, 0.0)
