"""What a tab declares to be placed on the page, and what the page offers it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from gradio.components import Component

from playground.runtime.contracts import Backend, Frame, Tab, Update
from playground.runtime.requests import TabRequest
from playground.runtime.sessions import Attachment

if TYPE_CHECKING:
    from playground.runtime.registry import Registry


@dataclass(frozen=True)
class Preset:
    """A named request: one button that sets every control and runs."""

    title: str
    request: TabRequest


@dataclass(frozen=True)
class Measure:
    """How a claim is measured again: the request to run, and how its number is read off the finished view."""

    request: TabRequest
    read: Callable[[Any], str]


@dataclass(frozen=True)
class Draft:
    """What an act may give instead of a request to run: one that is filled in, for the visitor to complete."""

    request: TabRequest


@dataclass(frozen=True)
class Click:
    """A click in the picture; the session's run has been stopped for it.

    `data` comes from a script in the browser: nobody has checked it. `controls` gives the request that the
    controls say now, InvalidRequest where they are refused. `paused_at` is the step at which the shown run left a
    State, at its end or just now, None without one, and 0 where it had not come that far.
    """

    data: dict[str, Any]
    controls: Callable[[], TabRequest]
    paused_at: int | None = None


Act = Callable[[Any, Click], TabRequest | Draft]
File = bytes | Callable[[], bytes]


@dataclass(frozen=True)
class TabView:
    """A tab as the page sees it; `playground/tabs/<tab>/tab.py` declares one as VIEW.

    A view is whatever `fold` makes of the frames, None before the first. `draw` gives one value for
    each component that `outputs` builds, in the same order. Question, lead and preset titles are
    English and are translated. `folder` holds claims.yaml, notes.en.md and notes.zh.md. Models whose
    registry task is `model_task`, or one of several, stand in the tab's model selectors. `measures` says how
    a claim is measured again, by the claim's id. `thumbnail` draws a view as a small SVG. With
    `panel_of` the view stands inside that tab, as one of its panels; `title` is its name among them.
    `act` makes a new request of the shown one and of a click: a script of an HTML output called
    `trigger("click", {…})`. The new request starts like a preset.
    `sketch` draws while a run goes on, where that must be lighter than `draw`.
    `keeps` names the fields without a control that Run takes over from the shown request. With `pauses` Stop is
    called Pause. `downloads` are the suffixes of the files that `download` makes, each with a button; a file that
    takes long to make is given as a function. With ".png" among them the browser draws none of the plots itself.
    `typed` names the text fields of which every keystroke starts a run.
    `pace` gives the least seconds between two pictures of a run, which then shows every one of them.
    """

    tab: Tab
    question: str
    lead: str
    presets: tuple[Preset, ...]
    api_name: str
    outputs: Callable[[], list[Component]]
    fold: Callable[[Any, Any], Any]
    draw: Callable[[Any, Any, str], list[Any]]
    download: Callable[[Any, Any], Mapping[str, File]]
    snippet: Callable[[Any], str]
    folder: Path
    answer: Callable[[Any], dict[str, Any]]
    thumbnail: Callable[[Any], str] | None = None
    model_task: str | tuple[str, ...] = "causal-lm"
    measures: Mapping[str, Measure] = field(default_factory=dict)
    act: Act | None = None
    sketch: Callable[[Any, Any, str], list[Any]] | None = None
    panel_of: str = ""
    title: str = ""
    keeps: tuple[str, ...] = ()
    pauses: bool = False
    downloads: tuple[str, ...] = (".json", ".csv")
    typed: tuple[str, ...] = ()
    pace: Callable[[Any], float] | None = None

    @property
    def name(self) -> str:
        """The tab's name in links and elsewhere."""
        return self.tab.name

    @property
    def label(self) -> str:
        """The tab's name in the header."""
        return self.tab.name.capitalize()

    def folded(self, view: Any, frame: Frame) -> Any:
        """The view after one more frame; a plain frame only says how far the run is."""
        return view if type(frame) is Frame else self.fold(view, frame)


class Runs(Backend, Protocol):
    """The runner as the page uses it."""

    def recall(self, tab: str, request: TabRequest) -> Iterator[Update] | None:
        """A remembered run, or None."""
        ...

    def pause(self, session: str, request: TabRequest) -> int | None:
        """Stop the run for something else and wait for its end; the step from which `request` would go on, if any."""
        ...

    def rest(self, session: str, seconds: float) -> None:
        """Wait, but no longer than the session's run goes on."""
        ...

    def waiting(self, device: str | None = None) -> int:
        """How many runs wait."""
        ...

    def attach(self, session: str, name: str, filename: str, data: bytes) -> Attachment:
        """Keep an uploaded file for the field `name` of this session's requests."""
        ...


@dataclass(frozen=True)
class Services:
    """What stands behind the page."""

    runner: Runs
    registry: Registry
    device: str = "cpu"
