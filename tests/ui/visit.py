"""One visitor of the counting tab, without a browser: handlers are called as gradio calls them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr

from playground.ui.handlers import Handlers, in_words
from playground.ui.history import PastRun
from playground.ui.openings import Openings
from playground.ui.parts import Parts, build_parts
from tests.fakes import FakeRunner, counting


@dataclass
class Visit:
    """One visitor of the counting tab: keeps what the components show."""

    runner: FakeRunner
    parts: Parts
    handlers: Handlers
    language: str = "en"
    query: dict[str, str] = field(default_factory=dict)
    page: dict[Any, Any] = field(default_factory=dict)

    @property
    def request(self) -> gr.Request:
        """What gradio hands to a handler."""
        query = {"lang": self.language} | self.query
        return gr.Request(session_hash="me", query_params=query, headers={})

    @property
    def history(self) -> tuple[PastRun, ...]:
        """The chips' state."""
        return self.page.get(self.parts.history, ())

    @property
    def status(self) -> str:
        """The status line."""
        return str(self.page[self.parts.status])

    def apply(self, changes: dict[Any, Any]) -> dict[Any, Any]:
        """Show what a handler changed; changes of `asked` and `arrived` have their consequences, as on the page."""
        before = {state: self.page.get(state) for state in (self.parts.asked, self.parts.arrived)}
        self.page |= changes
        if self.page.get(self.parts.asked) != before[self.parts.asked]:
            for step in self.handlers.stream(self.page[self.parts.asked], self.history, self.request):
                self.page |= step
        if self.page.get(self.parts.arrived) != before[self.parts.arrived]:
            self.page |= self.handlers.show_first(self.page.get(self.parts.shown), self.history, self.request)
        return changes

    def open(self) -> None:
        """Look at the tab."""
        for changes in self.handlers.open(self.page.get(self.parts.opened, False), self.history, self.request):
            self.apply(changes)

    def call(self, handler: Callable[..., dict[Any, Any]], *arguments: Any) -> dict[Any, Any]:
        """Call a handler as the page does: errors in words."""
        return self.apply(in_words(self.parts, handler)(*arguments))

    def run(self, **changes: Any) -> None:
        """Set controls and press Run."""
        shown = self.page.get(self.parts.shown)
        for step in self.handlers.run(shown, self.history, self.request, *values_of(**changes)):
            self.page |= step

    def says(self, component: Any, **update: Any) -> bool:
        """Whether the component's last update set these properties."""
        shown = self.page[component]
        return all(shown.get(key) == value for key, value in update.items())


def values_of(**changes: Any) -> list[Any]:
    """What the controls send."""
    values = {"text": "apples", "model": "zoo/abacus", "length": 8, "seed": 0, "loud": False} | changes
    return list(values.values())


def start(folder: Path, runner: FakeRunner, **changes: Any) -> Visit:
    tab = counting(folder, **changes)
    with gr.Blocks(analytics_enabled=False):
        parts = build_parts(tab, [("Abacus", "zoo/abacus")])
    return Visit(runner, parts, Handlers(tab, parts, runner, Openings([tab], runner), ["zoo/abacus"]))


def numbers(visit: Visit) -> list[int]:
    return visit.page[visit.parts.shown].view
