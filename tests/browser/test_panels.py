"""Panels of a tab in a real browser: links, the address, and what coming back shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

import gradio as gr
import pytest
from playwright.sync_api import Page, expect

from playground.page import build_page
from playground.runtime.contracts import Tab
from tests.fakes import CountRequest, FakeRunner, counting, no_engine, services
from tests.ui.conftest import closed_event_loops

__all__ = ["closed_event_loops"]

expect.set_options(timeout=20_000)


class DownRequest(CountRequest):
    """Count down to a number."""

    tab: ClassVar[str] = "counting-down"
    length: int = 5


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner()


@pytest.fixture
def url(runner: FakeRunner, tmp_path: Path, serve: Any) -> str:
    outputs = {"outputs": lambda: [gr.HTML(elem_classes="numbers"), gr.JSON(visible=False)]}
    down = Tab("counting-down", DownRequest, no_engine)
    presets = tuple(type(preset)(preset.title, DownRequest()) for preset in counting(tmp_path).presets[:1])
    inside = counting(
        tmp_path, tab=down, presets=presets, api_name="down", panel_of="counting", title="Stop", **outputs
    )
    address: str = serve(build_page(services(runner), [counting(tmp_path, title="Run", **outputs), inside]))
    return address


def shows(page: Page, tab: str, text: str) -> None:
    expect(page.locator(f"#live-{tab} .counted")).to_contain_text(text)


def choose(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def address(page: Page, end: str) -> None:
    expect(page).to_have_url(re.compile(re.escape(end) + "$"))


def test_each_panel_opens_with_its_own_first_run(url: str, open_page: Any) -> None:
    page = open_page(url)
    choose(page, "Counting")
    shows(page, "counting", "8 apples")
    address(page, "tab=counting")
    choose(page, "Stop")
    shows(page, "counting-down", "5 apples")
    address(page, "tab=counting-down")


def test_coming_back_shows_the_panel_that_was_left(url: str, open_page: Any) -> None:
    page = open_page(url)
    choose(page, "Counting")
    shows(page, "counting", "8 apples")
    choose(page, "Stop")
    shows(page, "counting-down", "5 apples")
    choose(page, "Home")
    address(page, "/")
    choose(page, "Counting")
    shows(page, "counting-down", "5 apples")
    address(page, "tab=counting-down")


def test_a_link_opens_its_panel_and_runs_there(url: str, open_page: Any, runner: FakeRunner) -> None:
    page = open_page(url + "?v=1&tab=counting-down&length=3")
    shows(page, "counting-down", "3 apples")
    address(page, "tab=counting-down&length=3")
    assert [request.length for request, session in runner.submitted if session != "opening"] == [3]
    choose(page, "Run")
    shows(page, "counting", "8 apples")
