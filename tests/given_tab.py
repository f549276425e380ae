"""A tab that is given a file and drawn points, on the real runner: for the tests of both controls."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, ClassVar

import gradio as gr
from pydantic import Field

from playground.page import build_page
from playground.runtime.contracts import Context, Frame, Tab
from playground.runtime.requests import TabRequest, control
from playground.runtime.sessions import Attachment
from playground.ui.html import element, text
from playground.ui.tab_view import Preset, Services, TabView
from tests.fakes import FakeRegistry, counting
from tests.runtime.engines import FakeClock, FakeModels, Runner, Settings

Coordinate = Annotated[int, Field(ge=-100, le=100)]


class GivenRequest(TabRequest):
    """A file and points, both optional."""

    tab: ClassVar[str] = "given"

    images: Attachment | None = control(
        None, title="Your images", help="A zip of your own.", widget="file", accept=(".zip",)
    )
    points: tuple[tuple[Coordinate, Coordinate], ...] = control(
        (), title="Your points", help="Draw some.", widget="drawing", max_length=4
    )
    seed: int = control(0, title="Seed", help="Of nothing.", widget="number", ge=0, le=9)


@dataclass(frozen=True)
class Received(Frame):
    """What reached the engine."""

    digest: str
    points: int


def receive(request: GivenRequest, context: Context) -> Iterator[Frame]:
    """Say what arrived."""
    data = context.attachment("images") if request.images else b""
    yield Received(1.0, hashlib.sha256(data).hexdigest()[:12], len(request.points))


def draw(view: Received | None, request: GivenRequest, language: str) -> list[Any]:
    """What arrived, in words."""
    said = "" if view is None else f"{view.digest} and {view.points} points"
    return [element("p", text(said), class_="received")]


ENGINE = SimpleNamespace(VERSION="1", FRAMES=(Received,), run=receive)
TAB = Tab("given", GivenRequest, lambda: ENGINE)
CORNERS = ((-50, 50), (50, 50), (0, -50))


def given(folder: Path) -> TabView:
    """The tab as the page sees it."""
    return counting(
        folder,
        outputs=lambda: [gr.HTML()],
        tab=TAB,
        question="What was given?",
        lead="A file and points.",
        presets=(Preset("Three corners", GivenRequest(points=CORNERS)),),
        api_name="given",
        fold=lambda view, frame: frame,
        draw=draw,
        download=lambda view, request: {},
        snippet=lambda request: "",
        answer=lambda view: {"digest": view.digest, "points": view.points},
        thumbnail=None,
    )


def given_runner() -> Runner:
    """The runner of that tab."""
    return Runner({"given": TAB}, FakeModels(), memory=None, settings=Settings(time_box=0), clock=FakeClock())


def given_page(folder: Path, runner: Runner) -> gr.Blocks:
    """A page with that tab alone."""
    return build_page(Services(runner, FakeRegistry()), [given(folder)])  # type: ignore[arg-type]
