"""The whole page: what it holds, and what its events do when called over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import gradio as gr
import pytest

from playground.page import build_page
from playground.runtime.contracts import Tab
from playground.runtime.lock import RUNS_AT_ONCE
from playground.ui.frame import HEAVY
from tests.fakes import CountRequest, FakeRunner, counting, no_engine, services
from tests.ui.conftest import closed_event_loops

__all__ = ["closed_event_loops"]


class DownRequest(CountRequest):
    """Count down to a number."""

    tab: ClassVar[str] = "counting-down"


@pytest.fixture
def page(tmp_path: Path) -> gr.Blocks:
    return build_page(services(), [counting(tmp_path)])


def functions(page: gr.Blocks, **properties: Any) -> list[Any]:
    return [f for f in page.fns.values() if all(getattr(f, name) == value for name, value in properties.items())]


def test_home_comes_first_and_models_last(page: gr.Blocks) -> None:
    tabs = [block.id for block in page.blocks.values() if isinstance(block, gr.Tab)]
    assert tabs == ["home", "counting", "models"]


def test_only_the_named_endpoint_is_public(page: gr.Blocks) -> None:
    public = [f.api_name for f in functions(page, api_visibility="public") if f.fn is not None]
    assert public == ["count"]


def test_all_heavy_events_share_one_line_that_lets_more_in_than_run_at_once(page: gr.Blocks) -> None:
    heavy = functions(page, concurrency_id=HEAVY["concurrency_id"])
    assert {f.name for f in heavy} == {"stream", "run", "answer"}
    assert {f.concurrency_limit for f in heavy} == {32}
    assert RUNS_AT_ONCE < 32 < page.max_threads


def test_every_other_event_is_free_or_outside_the_queue(page: gr.Blocks) -> None:
    others = [f for f in functions(page) if f.concurrency_id != HEAVY["concurrency_id"] and f.fn is not None]
    bounded = [f.name for f in others if f.queue is not False and f.concurrency_limit is not None]
    assert bounded == ["leave"]  # gradio fixes the settings of unload


def test_no_event_shows_progress_on_many_outputs(page: gr.Blocks) -> None:
    # The browser reads and writes each of those at every message of every event.
    shown_on = {f.name: f.outputs if f.show_progress_on is None else f.show_progress_on for f in functions(page)}
    assert {name for name, components in shown_on.items() if len(components) > 1} == set()


def test_leaving_forgets_the_visitor(tmp_path: Path) -> None:
    runner = FakeRunner()
    page = build_page(services(runner), [counting(tmp_path)])
    (leave,) = [f for f in functions(page) if f.name == "leave"]
    leave.fn(gr.Request(session_hash="me"))
    assert runner.forgotten == ["me"]


@pytest.mark.parametrize(
    ("query", "selected"),
    [({}, []), ({"tab": "models"}, ["models"]), ({"tab": "counting"}, ["counting"]), ({"tab": "<b>"}, [])],
)
def test_a_link_selects_its_tab_and_all_else_leaves_home(page: gr.Blocks, query: Any, selected: list[str]) -> None:
    (load,) = [f for f in functions(page) if f.name == "load"]
    assert selections(load.fn(gr.Request(session_hash="me", query_params=query))) == selected


@pytest.fixture
def nested(tmp_path: Path) -> gr.Blocks:
    inside = counting(
        tmp_path,
        tab=Tab("counting-down", DownRequest, no_engine),
        api_name="count_down",
        panel_of="counting",
        title="Stop",
    )
    return build_page(services(), [counting(tmp_path, title="Run"), inside])


def selections(changes: dict[gr.Tabs, dict[str, str]]) -> list[str]:
    return [change["selected"] for change in changes.values() if "selected" in change]


def test_a_panel_stands_inside_its_tab_beside_the_tabs_own(nested: gr.Blocks) -> None:
    tabs = [block for block in nested.blocks.values() if isinstance(block, gr.Tab)]
    inside = [(tab.id, tab.parent.parent.id if isinstance(tab.parent.parent, gr.Tab) else "") for tab in tabs]
    header = [("home", ""), ("counting", ""), ("models", "")]
    assert sorted(inside) == sorted([*header, ("counting", "counting"), ("counting-down", "counting")])


@pytest.mark.parametrize(
    ("asked", "selected"),
    [
        ("counting", ["counting", "counting"]),
        ("counting-down", ["counting", "counting-down"]),
        ("models", ["models"]),
        ("counting-up", []),
    ],
)
def test_a_link_selects_its_panel_and_the_tab_around_it(nested: gr.Blocks, asked: str, selected: list[str]) -> None:
    (load,) = [f for f in functions(nested) if f.name == "load"]
    assert selections(load.fn(gr.Request(session_hash="me", query_params={"tab": asked}))) == selected


def test_a_panel_has_an_endpoint_of_its_own(nested: gr.Blocks) -> None:
    public = [f.api_name for f in functions(nested, api_visibility="public") if f.fn is not None]
    assert sorted(public) == ["count", "count_down"]
