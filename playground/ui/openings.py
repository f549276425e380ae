"""The first run of every tab, computed once per server, so that opening a tab shows it at once.

The server starts them as soon as it serves; a page that is served otherwise starts them with its
first visitor. What failed is tried again by the next one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError

from playground.ui.follow import Screen, finish
from playground.ui.tab_view import Runs, TabView

log = logging.getLogger("whybox.page")
SESSION = "opening"


class Openings:
    """First presets, computed one after another in the background."""

    def __init__(self, tabs: Sequence[TabView], runner: Runs) -> None:
        # Tabs first: Home waits for their pictures.
        self._tabs = sorted((tab for tab in tabs if tab.presets), key=lambda tab: bool(tab.panel_of))
        self._runner = runner
        self._screens: dict[str, Future[Screen]] = {tab.name: Future() for tab in self._tabs}
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin in the background with what is not known; while that goes on a further call does nothing."""
        with self._starting:
            if self._thread is not None and self._thread.is_alive():
                return
            missing = [tab for tab in self._tabs if self.screen(tab.name) is None]
            self._screens |= {tab.name: Future() for tab in missing if self.ready(tab.name)}
            if missing:
                self._thread = threading.Thread(target=self._compute, args=(missing,), name="openings", daemon=True)
                self._thread.start()

    def screen(self, tab: str, timeout: float = 0) -> Screen | None:
        """The tab's first run, not yet drawn, or None where there is none within the time."""
        future = self._screens.get(tab)
        try:
            return None if future is None else future.result(timeout)
        except (FutureTimeoutError, CancelledError):
            return None

    def ready(self, tab: str) -> bool:
        """Whether it is known by now what the tab's first run shows, if anything."""
        future = self._screens.get(tab)
        return future is None or future.done()

    def _compute(self, tabs: Sequence[TabView]) -> None:
        for tab in tabs:
            request = tab.presets[0].request
            future = self._screens[tab.name]
            try:
                updates = self._runner.recall(tab.name, request) or self._runner.submit(tab.name, request, SESSION)
                screen = finish(tab, updates, request)
            except Exception:
                log.exception("the first run failed", extra={"tab": tab.name})
                future.cancel()
                continue
            if screen.update.state == "done":
                future.set_result(screen)
            else:
                log.warning("the first run did not finish", extra={"tab": tab.name, "state": screen.update.state})
                future.cancel()
        self._runner.forget(SESSION)
