"""What changes on a tab: components and their new values, for a request filled in or a run drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import gradio as gr

from playground.runtime.contracts import Note
from playground.runtime.errors import PlaygroundError
from playground.runtime.requests import TabRequest
from playground.ui.claims import claims_table, load_claims
from playground.ui.code_panel import client_snippet, code_panel
from playground.ui.controls import control_names, to_values, view_names
from playground.ui.follow import Screen
from playground.ui.history import KEPT, PastRun, remember, run_title
from playground.ui.parts import Parts, heading_html
from playground.ui.share import link_value
from playground.ui.status import error_html, idle_html, status_html
from playground.ui.tab_view import TabView
from playground.ui.translations import translate

Changes = dict[Any, Any]


@dataclass(frozen=True)
class Shown:
    """The run on the screen; `view` is None until it has ended, `paused_at` the step of the State that it left."""

    request: TabRequest
    view: Any
    paused_at: int | None = None


@dataclass(frozen=True)
class Canvas:
    """Writes to the parts of one tab."""

    tab: TabView
    parts: Parts

    def texts(self, language: str) -> Changes:
        """Everything written by the tab's author."""
        folder = self.tab.folder
        changes: Changes = {self.parts.heading: heading_html(self.tab, language)}
        if (folder / "claims.yaml").exists():
            changes |= self._claims(language, {})
        notes = folder / f"notes.{language}.md"
        if notes.exists():
            changes[self.parts.notes] = notes.read_text("utf-8")
        return changes

    def filled(self, asked: TabRequest, language: str, server: str) -> Changes:
        """Controls, presets, link and snippets of a request; the snippets call `server`."""
        parts = self.parts
        names = control_names(type(asked))
        changes: Changes = dict(zip((parts.controls[name] for name in names), to_values(asked), strict=True))
        changes[parts.run] = gr.update(elem_classes=[])
        changes[parts.again] = gr.update(visible=False)
        client = client_snippet(f"/{self.tab.api_name}", _written(asked, names), server)
        changes[parts.snippet] = code_panel(self.tab.snippet(asked), client, language)
        return changes | self._followed(asked, language)

    def redrawn(self, shown: Shown, language: str) -> Changes:
        """The shown run drawn as its request now says."""
        drawing = self.tab.draw(shown.view, shown.request, language)
        changes = self.picture(drawing) | self._followed(shown.request, language) | {self.parts.shown: shown}
        return changes | self.view_controls(shown.request)

    def view_controls(self, asked: TabRequest) -> Changes:
        """The controls that only change how a run is drawn."""
        return {self.parts.controls[name]: getattr(asked, name) for name in view_names(type(asked))}

    def _followed(self, asked: TabRequest, language: str) -> Changes:
        """The link and the preset that say what is shown."""
        changes: Changes = {self.parts.link: link_value(asked, language)}
        for button, preset in zip(self.parts.presets, self.tab.presets, strict=True):
            changes[button] = gr.update(elem_classes=["chip", "on"] if preset.request == asked else ["chip"])
        return changes

    def drawn(self, screen: Screen, language: str, drawing: list[Any] | None, history: tuple[PastRun, ...]) -> Changes:
        """A run that is over."""
        parts, state = self.parts, screen.update.state
        changes = self.picture(drawing) | {
            parts.status: status_html(screen, language),
            parts.stop: gr.update(interactive=False),
            parts.shown: Shown(screen.request, screen.view, screen.update.paused_at),
        }
        if state == "failed" or screen.update.can_continue:
            title = translate(language, "Retry" if state == "failed" else "Continue")
            changes[parts.again] = gr.update(visible=True, value=title)
        if screen.view is None:
            return changes
        if state == "done":
            changes |= self._measured(screen, language)
        past = PastRun(run_title(screen.request, self.tab.presets, language), screen.request)
        return changes | self._chips(remember(history, past, self.tab.typed))

    def _measured(self, screen: Screen, language: str) -> Changes:
        """The table with the numbers of the claims that this run, if it was not only remembered, has measured."""
        if screen.update.remembered:
            return {}
        now = f"{datetime.now(UTC):%H:%M} UTC"
        measures = self.tab.measures.items()
        again = {
            claim: f"{measure.read(screen.view)} ({now})"
            for claim, measure in measures
            if measure.request.runs_like(screen.request)
        }
        return self._claims(language, again) if again else {}

    def _claims(self, language: str, again: dict[str, str]) -> Changes:
        return {self.parts.claims: claims_table(load_claims(self.tab.folder / "claims.yaml"), language, again)}

    def _chips(self, history: tuple[PastRun, ...]) -> Changes:
        chips = [gr.update(value=past.title, visible=True) for past in history]
        chips += [gr.update(visible=False)] * (KEPT - len(history))
        pin = {self.parts.pin: gr.update(visible=True), self.parts.history: history}
        return dict(zip(self.parts.past, chips, strict=True)) | pin

    def picture(self, drawing: list[Any] | None) -> Changes:
        """The live picture, where it changed."""
        return {} if drawing is None else dict(zip(self.parts.outputs, drawing, strict=True))

    def pinned(self, shown: Shown, language: str) -> Changes:
        """The shown run laid aside, below the next ones."""
        title = run_title(shown.request, self.tab.presets, language)
        panel = gr.update(visible=True, label=translate(language, "Pinned: {title}", title=title))
        drawing = self.tab.draw(shown.view, shown.request, language)
        return {self.parts.pinned_panel: panel} | dict(zip(self.parts.pinned, drawing, strict=True))

    def broken(self, problem: Note | PlaygroundError, request: TabRequest, language: str) -> Changes:
        """A run that ended without a final update."""
        return self.told(problem, language) | {
            self.parts.stop: gr.update(interactive=False),
            self.parts.again: gr.update(visible=True, value=translate(language, "Retry")),
            self.parts.shown: Shown(request, None),
        }

    def idle(self, language: str, *notes: Note) -> Changes:
        """Quiet sentences in the status line."""
        return {self.parts.status: idle_html(notes, language)}

    def told(self, problem: Note | PlaygroundError, language: str) -> Changes:
        """What went wrong, in the status line."""
        return {self.parts.status: error_html(problem, language)}


def _written(asked: TabRequest, names: tuple[str, ...]) -> dict[str, Any]:
    """The fields worth writing in a call: those that differ from their defaults, or else the first."""
    default = type(asked)()
    changed = [name for name in names if getattr(asked, name) != getattr(default, name)]
    return {name: getattr(asked, name) for name in changed or names[:1]}
