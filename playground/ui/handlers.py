"""What happens on one tab: every handler gives the components that change and their new values."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import Any, ParamSpec

import gradio as gr
from pydantic import ValidationError

from playground.runtime.contracts import Note
from playground.runtime.errors import InvalidRequest, PlaygroundError
from playground.runtime.links import UNUSABLE, Link, decode
from playground.runtime.requests import TabRequest
from playground.runtime.validation import explain, validate
from playground.ui.canvas import Canvas, Changes, Shown
from playground.ui.code_panel import server_address
from playground.ui.controls import from_values, to_values, view_names
from playground.ui.follow import finish, follow
from playground.ui.history import PastRun
from playground.ui.offered import not_offered, require_offered
from playground.ui.openings import Openings
from playground.ui.parts import Parts
from playground.ui.share import configuration_value, file_value, read_configuration
from playground.ui.status import BROKEN, PREPARING, PRESS_RUN, STARTING, error_html, idle_html, status_html
from playground.ui.tab_view import Act, Click, Draft, Runs, TabView
from playground.ui.translations import language_of

log = logging.getLogger("whybox.page")

RUNS_BY_ITSELF = 5.0  # seconds that a linked view may take to be computed without being asked for
LONGEST_PREPARATION = 60.0  # seconds that an opened tab waits for its first run
TAKES_LONG = "This view takes about {seconds} s to compute: press Run to start."
NOTHING_YET = Note("There is nothing to save yet: press Run first.")
NOT_HERE = Note("This claim cannot be measured again here.")
YOUR_TURN = Note("Write the next line and press Run.")
NOTHING_ASKED = "This click asks for nothing that can be run: reload the page and try again."

Starter = Callable[[tuple[PastRun, ...], gr.Request], Changes]
P = ParamSpec("P")


@dataclass(frozen=True)
class Asked:
    """A run to start, a `fresh` one even if it is remembered; the number makes each one new."""

    number: int
    request: TabRequest
    fresh: bool = False


class Handlers:
    """The handlers of one tab."""

    def __init__(self, tab: TabView, parts: Parts, runner: Runs, openings: Openings, models: Collection[str]) -> None:
        self._tab, self._parts, self._runner, self._openings = tab, parts, runner, openings
        self._canvas = Canvas(tab, parts)
        self._models = models
        self._numbers = itertools.count(1)

    # Opening

    def open(self, opened: bool, history: tuple[PastRun, ...], request: gr.Request) -> Iterator[Changes]:
        """The tab is looked at: the first time it shows its link's run or its first preset's."""
        self._runner.cancel(_session(request))  # another tab's run
        if opened:
            yield {self._parts.status: gr.update()}
            return
        language = language_of(request)
        yield self._canvas.texts(language) | {self._parts.opened: True}
        link = decode(dict(request.query_params), {self._tab.name: self._tab.tab.request})
        try:
            # The header's own addresses say no more than the tab; a link of all defaults has its version.
            if link.request is not None and ("v" in request.query_params or link.request != type(link.request)()):
                yield self._open_link(link, history, request)
            elif self._tab.presets:
                yield from self._await_first(request)
            else:
                yield self._canvas.idle(language, PRESS_RUN)
        except Exception as error:
            yield self._canvas.told(_problem(error), language)

    def _open_link(self, link: Link, history: tuple[PastRun, ...], request: gr.Request) -> Changes:
        changes = self._start_link(link, history, request, RUNS_BY_ITSELF)
        waits = self._parts.asked not in changes and self._parts.shown not in changes
        return changes | ({self._parts.run: gr.update(elem_classes=["attention"])} if waits else {})

    def _await_first(self, request: gr.Request) -> Iterator[Changes]:
        """Fill in the first preset; once its run is there, `arrived` has :meth:`show_first` draw it."""
        language, first = language_of(request), self._tab.presets[0].request
        filled = self._canvas.filled(first, language, server_address(request))
        yield filled | self._canvas.idle(language, PREPARING)
        self._openings.start()
        if self._openings.screen(self._tab.name, LONGEST_PREPARATION) is None:
            yield self._canvas.idle(language, PRESS_RUN)
        else:
            yield {self._parts.arrived: True}

    def show_first(self, shown_run: Shown | None, history: tuple[PastRun, ...], request: gr.Request) -> Changes:
        """Draw the first preset's run, unless the visitor has started another one while it was awaited."""
        screen = self._openings.screen(self._tab.name)
        if shown_run is not None or screen is None:
            return {}
        language = language_of(request)
        seen = replace(screen, update=replace(screen.update, remembered=True))
        return self._canvas.drawn(seen, language, self._tab.draw(screen.view, screen.request, language), history)

    # Starting

    def run(
        self, shown_run: Shown | None, history: tuple[PastRun, ...], request: gr.Request, *values: Any
    ) -> Iterator[Changes]:
        """Start what the controls say, and stream it: a visitor who presses Run waits for one event only."""
        try:
            changes = self._start(self._controlled(shown_run, values), history, request)
        except Exception as error:
            yield self._refused(error, shown_run, request)
            return
        stream = self.stream(changes.pop(self._parts.asked, None), history, request)
        controls = set(self._parts.controls.values())
        yield {part: value for part, value in changes.items() if part not in controls} | next(stream, {})
        yield from stream

    def repeat(self, shown_run: Shown | None, history: tuple[PastRun, ...], request: gr.Request) -> Changes:
        """Start the same once more: after a failure from the beginning, after a cut from where it was."""
        return self._start(shown_run.request, history, request) if shown_run else {}

    def preset(self, index: int) -> Starter:
        """The handler that starts a preset."""

        def start(history: tuple[PastRun, ...], request: gr.Request) -> Changes:
            return self._start(self._tab.presets[index].request, history, request)

        return start

    def restore(self, index: int) -> Starter:
        """The handler that shows a past run again."""

        def start(history: tuple[PastRun, ...], request: gr.Request) -> Changes:
            return self._start(history[index].request, history, request) if index < len(history) else {}

        return start

    def configuration(self, data: str, history: tuple[PastRun, ...], request: gr.Request) -> Changes:
        """Start what a configuration file says."""
        if not data:
            return {}
        return self._start_link(read_configuration(data, self._tab.tab.request), history, request)

    def measure(self, history: tuple[PastRun, ...], request: gr.Request, event: gr.EventData) -> Changes:
        """Start the run that measures a claim again."""
        measure = self._tab.measures.get(str(event._data.get("claim")))
        if measure is None:
            return self._canvas.idle(language_of(request), NOT_HERE)
        return self._start(measure.request, history, request, fresh=True)

    def act(
        self,
        shown_run: Shown | None,
        history: tuple[PastRun, ...],
        request: gr.Request,
        event: gr.EventData,
        *values: Any,
    ) -> Changes:
        """Start what a click in the picture makes of the shown run, which is stopped first."""
        if shown_run is None or self._tab.act is None:
            return {}
        going_on = shown_run.view is None
        left = self._runner.pause(_session(request), shown_run.request)
        click = Click(
            event._data if isinstance(event._data, dict) else {},
            partial(self._controlled, shown_run, values),
            (left or 0) if going_on else shown_run.paused_at,
        )
        try:
            asked = self._asked(self._tab.act, shown_run.request, click)
        except PlaygroundError as error:
            return self._refused(error, shown_run, request)
        if isinstance(asked, Draft):
            return self._fill_in(asked.request, request)
        if going_on or not asked.runs_like(shown_run.request):
            return self._start(asked, history, request)
        return self._canvas.redrawn(replace(shown_run, request=asked), language_of(request))

    def _refused(self, error: Exception, shown_run: Shown | None, request: gr.Request) -> Changes:
        """Why nothing new starts; a run that went on has ended, and can be asked for again."""
        if shown_run is None or shown_run.view is not None:
            return self._canvas.told(_problem(error), language_of(request))
        self._runner.cancel(_session(request), replaced=True)
        return self._canvas.broken(_problem(error), shown_run.request, language_of(request))

    def _asked(self, act: Act, shown: TabRequest, click: Click) -> TabRequest | Draft:
        """What an act makes of a click; InvalidRequest where that is nothing."""
        try:
            return act(shown, click)
        except ValidationError as error:
            raise explain(self._tab.tab.request, error) from None
        except (LookupError, TypeError, ValueError):
            raise InvalidRequest(NOTHING_ASKED) from None

    def _controlled(self, shown_run: Shown | None, values: Sequence[Any]) -> TabRequest:
        """What the controls say, with the fields that a run keeps of the shown one."""
        blank = self._tab.tab.request()
        kept = {} if shown_run is None else {name: getattr(shown_run.request, name) for name in self._tab.keeps}
        return from_values(type(blank), values, blank.with_(**kept))

    def _fill_in(self, asked: TabRequest, request: gr.Request) -> Changes:
        language, parts = language_of(request), self._parts
        filled = self._canvas.filled(asked, language, server_address(request))
        buttons = {parts.run: gr.update(elem_classes=["attention"]), parts.stop: gr.update(interactive=False)}
        return filled | self._canvas.idle(language, YOUR_TURN) | buttons

    def redraw(self, shown_run: Shown | None, request: gr.Request, *values: Any) -> Changes:
        """Draw the shown run as the controls of the view fields say; while a run goes on, wait for its end."""
        if shown_run is None or shown_run.view is None:
            return {}
        names, before = view_names(self._tab.tab.request), shown_run.request
        kept = {name: getattr(before, name) for name in type(before).model_fields}
        asked = validate(type(before), kept | dict(zip(names, values, strict=True)))
        if asked == before:
            return {}
        return self._canvas.redrawn(replace(shown_run, request=asked), language_of(request))

    def _start_link(
        self, link: Link, history: tuple[PastRun, ...], request: gr.Request, longest: float = float("inf")
    ) -> Changes:
        if link.request is None:
            return self._canvas.idle(language_of(request), *link.notes)
        asked, notes = self._with_known_models(link.request)
        return self._start(asked, history, request, (*link.notes, *notes), longest)

    def _start(
        self,
        asked: TabRequest,
        history: tuple[PastRun, ...],
        request: gr.Request,
        notes: Sequence[Note] = (),
        longest: float = float("inf"),
        fresh: bool = False,
    ) -> Changes:
        """Fill everything in, and show the remembered run or have it computed, always if it must be fresh."""
        require_offered(asked, self._models)
        language = language_of(request)
        self._runner.cancel(_session(request), replaced=True)
        changes = self._canvas.filled(asked, language, server_address(request))
        updates = None if fresh else self._runner.recall(asked.tab, asked)
        if updates is not None:
            screen = finish(self._tab, updates, asked)
            changes |= self._canvas.drawn(screen, language, self._tab.draw(screen.view, asked, language), history)
            changes[self._parts.status] = status_html(screen, language) + idle_html(notes, language)
            return changes
        if asked.estimate() > longest:
            wait = Note(TAKES_LONG, {"seconds": round(asked.estimate())})
            return changes | self._canvas.idle(language, *notes, wait)
        started = {
            self._parts.asked: Asked(next(self._numbers), asked, fresh),
            self._parts.shown: Shown(asked, None),  # so that nothing late takes its place
        }
        return changes | self._canvas.idle(language, *notes, STARTING) | started

    # Running

    def stream(self, asked: Asked | None, history: tuple[PastRun, ...], request: gr.Request) -> Iterator[Changes]:
        """Run, and show how it goes, until a newer run has the screen."""
        if asked is None:
            return
        language, session = language_of(request), _session(request)
        yield {self._parts.stop: gr.update(interactive=True)}
        try:
            updates = self._runner.submit(self._tab.name, asked.request, session, fresh=asked.fresh)
            rest = partial(self._runner.rest, session)
            for screen in follow(self._tab, updates, asked.request, language, rest=rest):
                if screen.update.replaced:
                    return
                if screen.update.final:
                    yield self._canvas.drawn(screen, language, screen.drawing, history)
                else:
                    yield {self._parts.status: status_html(screen, language)} | self._canvas.picture(screen.drawing)
        except Exception as error:
            yield self._canvas.broken(_problem(error), asked.request, language)

    def stop(self, request: gr.Request) -> None:
        """Stop the visitor's run; what was computed stays."""
        self._runner.cancel(_session(request))

    # Taking away

    def file(self, suffix: str) -> Callable[[Shown | None, gr.Request], Changes]:
        """The handler that gives a file of the shown run to the browser to save."""

        def give(shown_run: Shown | None, request: gr.Request) -> Changes:
            if shown_run is None or shown_run.view is None:
                return self._canvas.told(NOTHING_YET, language_of(request)) | {self._parts.file: None}
            return {self._parts.file: file_value(self._tab.download(shown_run.view, shown_run.request), suffix)}

        return give

    def save(self, shown_run: Shown | None, request: gr.Request, *values: Any) -> Changes:
        """The controls as a configuration file, or all of the shown run where they still tell it."""
        asked = self._controlled(shown_run, values)
        if shown_run is not None and to_values(asked) == to_values(shown_run.request):
            asked = shown_run.request
        return {self._parts.file: configuration_value(asked)}

    def pin(self, shown_run: Shown | None, request: gr.Request) -> Changes:
        """Lay the shown run aside, below the next ones."""
        language = language_of(request)
        if shown_run is None or shown_run.view is None:
            return self._canvas.told(NOTHING_YET, language)
        return self._canvas.pinned(shown_run, language)

    def _with_known_models(self, asked: TabRequest) -> tuple[TabRequest, list[Note]]:
        """The request without models that the selectors do not offer; links are untrusted."""
        fields = type(asked).model_fields
        unknown = not_offered(asked, self._models)
        if not unknown:
            return asked, []
        notes = [Note(UNUSABLE, {"field": fields[name].title or name}) for name in unknown]
        return asked.with_(**{name: fields[name].default for name in unknown}), notes


def _session(request: gr.Request) -> str:
    return str(request.session_hash or "")


def in_words(parts: Parts, handler: Callable[P, Changes]) -> Callable[P, Changes]:
    """The handler with every error turned into a sentence in the status line."""

    @wraps(handler)
    def told(*args: P.args, **kwargs: P.kwargs) -> Changes:
        try:
            # gradio refuses an empty answer
            return handler(*args, **kwargs) or {parts.status: gr.update()}
        except Exception as error:
            request = next((argument for argument in args if isinstance(argument, gr.Request)), None)
            return {parts.status: error_html(_problem(error), language_of(request))}

    return told


def _problem(error: Exception) -> PlaygroundError | Note:
    """What may be said of an error; what nobody expected is logged."""
    if isinstance(error, PlaygroundError):
        return error
    log.error("a handler failed", exc_info=error)
    return BROKEN
