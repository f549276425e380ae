"""The frame that every tab stands in: its parts, and what each button does.

Light events fill the tab in and, where nothing is remembered, change `asked`; that change starts
a heavy event. Run starts its heavy event itself, one round trip earlier. Every start cancels the other
heavy events, and a run that was replaced is silent, so a tab never draws two runs at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from playground.ui.api import add_endpoint
from playground.ui.controls import view_names
from playground.ui.handlers import Handlers, in_words
from playground.ui.offered import offered_models
from playground.ui.openings import Openings
from playground.ui.parts import Parts, build_parts
from playground.ui.share import LONGEST_CONFIGURATION
from playground.ui.tab_view import Measure, Preset, Services, TabView
from playground.ui.uploads import connect_uploads

__all__ = ["HEAVY", "LIGHT", "Measure", "Preset", "Services", "TabHandles", "TabView", "build_tab"]

# The runner admits 8 runs to a device and tells all others their place in line. Whoever gradio held back
# would hear nothing, so it holds back only what could fill its 40 threads: some are left for light events.
HEAVY: dict[str, Any] = {"concurrency_id": "device-cpu", "concurrency_limit": 32}
LIGHT: dict[str, Any] = {
    "concurrency_limit": None,
    "show_progress": "hidden",
    "show_progress_on": [],  # or the browser reads and writes every output at every message
    "api_visibility": "private",
}

# gradio's own event of typing misses what is pasted or deleted; a preset changes texts that have no focus.
COUNT_TYPED = "(count) => count + (document.activeElement?.matches('textarea') ? 1 : 0)"
SAVE_FILE = "(file) => whybox.save(file)"


@dataclass(frozen=True)
class TabHandles:
    """What the page needs of a built tab: call `on_select` with the event of its being selected."""

    view: TabView
    parts: Parts
    on_select: Callable[[Callable[..., Any]], None]


def build_tab(view: TabView, services: Services, openings: Openings) -> TabHandles:
    """Build a tab inside the current `gr.Tab`."""
    models = offered_models(services.registry, view.model_task)
    parts = build_parts(view, models)
    offered = frozenset(model for _, model in models)
    handlers = Handlers(view, parts, services.runner, openings, offered)
    runs = _connect_runs(parts, handlers)
    _connect_starts(view, parts, handlers, runs)
    _connect_views(view, parts, handlers, runs)
    _connect_files(view, parts, handlers)
    connect_uploads(parts.controls, services.runner, **LIGHT)
    add_endpoint(view, services.runner, offered, **HEAVY)

    def on_select(select: Callable[..., Any]) -> None:
        outputs = [*_everything(parts), parts.opened]
        group = view.panel_of or view.name
        js = f"(...values) => {{ window.whybox?.select({view.name!r}, {group!r}); return values; }}"
        select(None, cancels=runs)
        select(handlers.open, [parts.opened, parts.history], outputs, js=js, **LIGHT)

    return TabHandles(view, parts, on_select)


def _everything(parts: Parts) -> list[Component]:
    """All that starting or opening a view may change."""
    buttons = (parts.run, parts.stop, parts.again, parts.pin, *parts.presets, *parts.past)
    texts = (parts.heading, parts.status, parts.link, parts.claims, parts.notes, parts.snippet)
    states = (parts.asked, parts.shown, parts.history, parts.arrived)
    return [*parts.controls.values(), *buttons, *texts, *parts.outputs, *states]


def _connect_runs(parts: Parts, handlers: Handlers) -> list[Any]:
    """The heavy events: a run that was asked for, and the one of the Run button."""
    buttons = (parts.run, parts.stop, parts.again, parts.pin, *parts.past)
    outputs = [parts.status, *buttons, *parts.outputs, parts.claims, parts.shown, parts.history]
    options = HEAVY | {"show_progress": "minimal", "show_progress_on": parts.status, "api_visibility": "private"}
    options["trigger_mode"] = "multiple"  # the browser may not know yet that the run before has ended
    asked = parts.asked.change(handlers.stream, [parts.asked, parts.history], outputs, **options)
    pressed = parts.pressed.change(
        handlers.run,
        [parts.shown, parts.history, *parts.controls.values()],
        [*outputs, *parts.presets, parts.link, parts.snippet],
        **options,
    )
    parts.stop.click(handlers.stop, queue=False, **LIGHT)
    parts.arrived.change(
        in_words(parts, handlers.show_first), [parts.shown, parts.history], _everything(parts), **LIGHT
    )
    return [asked, pressed]


def _connect_views(view: TabView, parts: Parts, handlers: Handlers, runs: Sequence[Any]) -> None:
    """What changes only how the shown run is drawn."""
    controls: list[Any] = [parts.controls[name] for name in view_names(view.tab.request)]
    outputs = [parts.status, parts.link, parts.shown, *controls, *parts.presets, *parts.outputs]
    for control in controls:
        control.input(in_words(parts, handlers.redraw), [parts.shown, *controls], outputs, **LIGHT)
    for run in runs if controls else ():
        run.then(in_words(parts, handlers.redraw), [parts.shown, *controls], outputs, **LIGHT)


def _connect_starts(view: TabView, parts: Parts, handlers: Handlers, runs: list[Any]) -> None:
    """Every way to start a run."""
    outputs = _everything(parts)

    def connect(event: Callable[..., Any], handler: Callable[..., Any], inputs: Sequence[Component]) -> None:
        # The browser works a trigger's listeners off one after another: cancelling has to come first,
        # and as a listener of its own, since an event's own `cancels` act only when it is over.
        event(None, cancels=runs)
        event(in_words(parts, handler), list(inputs), outputs, trigger_mode="multiple", **LIGHT)

    # Not its own one: the browser cancels by event, so that could hit the new run. The runner sees to the old one.
    parts.run.click(None, cancels=runs[:1])
    parts.run.click(None, [parts.pressed], [parts.pressed], js="(count) => count + 1")
    typed: list[Any] = [parts.controls[name] for name in view.typed]
    for control in typed:
        control.change(None, [parts.pressed], [parts.pressed], js=COUNT_TYPED)
    connect(parts.again.click, handlers.repeat, [parts.shown, parts.history])
    connect(parts.configuration.change, handlers.configuration, [parts.configuration, parts.history])
    for index, button in enumerate(parts.presets):
        connect(button.click, handlers.preset(index), [parts.history])
    for index, button in enumerate(parts.past):
        connect(button.click, handlers.restore(index), [parts.history])
    if view.measures:
        connect(parts.claims.click, handlers.measure, [parts.history])
    for output in parts.outputs:
        if view.act is not None and isinstance(output, gr.HTML):
            connect(output.click, handlers.act, [parts.shown, parts.history, *parts.controls.values()])


def _connect_files(view: TabView, parts: Parts, handlers: Handlers) -> None:
    """Every way to take a run away; the browser makes the files."""
    to_file = [parts.status, parts.file]
    for suffix, button in parts.files.items():
        given = button.click(in_words(parts, handlers.file(suffix)), [parts.shown], to_file, **LIGHT)
        given.then(None, [parts.file], js=SAVE_FILE)
    saved = parts.save.click(in_words(parts, handlers.save), [parts.shown, *parts.controls.values()], to_file, **LIGHT)
    saved.then(None, [parts.file], js=SAVE_FILE)
    parts.picture.click(None, js=f"() => whybox.picture({view.name!r})")
    parts.open.click(
        None, None, [parts.configuration], js=f"() => whybox.open({LONGEST_CONFIGURATION})", trigger_mode="multiple"
    )
    pinned = [parts.status, parts.pinned_panel, *parts.pinned]
    parts.pin.click(in_words(parts, handlers.pin), [parts.shown], pinned, **LIGHT)
    parts.unpin.click(lambda: gr.update(visible=False), None, [parts.pinned_panel], **LIGHT)
