"""The frame of a tab in a real browser: run, stop, link, files, languages, phone."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from playwright.sync_api import Page, expect

from playground.page import build_page
from playground.ui.acts import act_button, acting_html
from playground.ui.live_plot import LivePlot
from playground.ui.openings import SESSION
from playground.ui.tab_view import Click, Measure
from tests.fakes import CountRequest, FakeRunner, counting, draw, services
from tests.ui.conftest import closed_event_loops

__all__ = ["closed_event_loops"]

CLIPBOARD = ["clipboard-read", "clipboard-write"]
PATIENCE = 60.0  # seconds that a slow machine may take for anything
CLAIMS = """claims:
- id: ends
  claim: {en: Counting ends, zh: 计数会停}
  source: {title: P, url: https://example.org}
  published: "1"
  measurable: true
"""
Visit = Callable[..., Page]

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner()


@pytest.fixture
def url(runner: FakeRunner, tmp_path: Path, serve: Any) -> str:
    (tmp_path / "notes.en.md").write_text("It ends since $n \\le N$.")
    (tmp_path / "claims.yaml").write_text(CLAIMS)
    measures = {"ends": Measure(CountRequest(length=4), lambda view: f"{len(view)} of 4")}
    tab = counting(tmp_path, outputs=lambda: [gr.HTML(elem_classes="numbers"), LivePlot()], measures=measures)
    address: str = serve(build_page(services(runner), [tab]))
    return address


@pytest.fixture
def visit(url: str, open_page: Any) -> Visit:
    def visit_(query: str = "?tab=counting", **options: Any) -> Page:
        page: Page = open_page(url + query, **options)
        return page

    return visit_


def shows(page: Page, text: str) -> None:
    expect(page.locator(".live .counted")).to_contain_text(text)


def says(page: Page, text: str) -> None:
    expect(page.locator(".workbench .run-status").first).to_contain_text(text)


def leave_quietly(page: Page) -> None:
    """gradio complains of its own open streams when a page is left while they end."""
    page.evaluate("console.error = () => {}; addEventListener('unhandledrejection', (e) => e.preventDefault())")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_home_does_not_wait_for_the_first_runs_and_a_tab_opens_with_its_own(visit: Visit, runner: FakeRunner) -> None:
    seen = threading.Event()
    runner.step = lambda request, number: seen.wait(PATIENCE)
    page = visit("")
    expect(page.locator(".home-card").first).to_be_visible()
    seen.set()
    page.get_by_role("tab", name="Counting").click()
    shows(page, "8 apples")
    says(page, "Computed before and remembered.")


def test_the_address_follows_the_tabs(visit: Visit) -> None:
    page = visit("?tab=models")
    expect(page.locator(".models")).to_contain_text("zoo/abacus")
    page.get_by_role("tab", name="Counting").click()
    shows(page, "8 apples")
    expect(page).to_have_url(re.compile(r"tab=counting$"))
    page.get_by_role("tab", name="Home").click()
    expect(page).to_have_url(re.compile(r"/$"))


def test_a_run_streams_and_stops_where_it_was(visit: Visit, runner: FakeRunner) -> None:
    seen, go_on = threading.Event(), threading.Event()

    def step(request: CountRequest, number: int) -> None:
        if request.length == 900 and number == 400:
            runner.cancelled.clear()
            seen.set()
            go_on.wait(PATIENCE)

    runner.step = step
    page = visit()
    shows(page, "8 apples")
    press(page, "Very long")
    assert seen.wait(PATIENCE)
    says(page, "% done")
    press(page, "Stop")
    assert runner.cancelled.wait(PATIENCE)
    go_on.set()
    says(page, "Stopped.")
    shows(page, "398 399 apples")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_disabled()


def test_run_pressed_again_takes_the_place_of_the_run_before(visit: Visit, runner: FakeRunner) -> None:
    seen = threading.Event()

    def step(request: CountRequest, number: int) -> None:
        if request.text == "plums" and number == 4:
            runner.cancelled.clear()
            seen.set()
            runner.cancelled.wait(PATIENCE)

    runner.step = step
    page = visit()
    shows(page, "8 apples")
    for text in ("plums", "pears"):
        page.get_by_label("Prompt").fill(text)
        press(page, "Run")
        assert seen.wait(PATIENCE)
    shows(page, "8 pears")
    says(page, "Done in")
    expect(page.locator(".past-runs").get_by_role("button", name="plums")).to_be_hidden()


def test_a_click_in_the_picture_takes_the_place_of_the_run_and_knows_where_it_was(
    runner: FakeRunner, tmp_path: Path, serve: Any, open_page: Any
) -> None:
    seen = threading.Event()

    def step(request: CountRequest, number: int) -> None:
        if request.length == 900 and number == 400:
            runner.cancelled.clear()
            seen.set()
            runner.cancelled.wait(PATIENCE)

    def act(request: CountRequest, click: Click) -> CountRequest:
        return request.with_(length=(click.paused_at or 0) + click.data["more"])

    def acting(view: Any, request: CountRequest, language: str) -> list[Any]:
        said, plot = draw(view, request, language)
        return [said + act_button("Ten more", {"more": 10}), plot]

    runner.step, runner.paused_at = step, 399
    tab = counting(tmp_path, outputs=lambda: [acting_html(), LivePlot()], draw=acting, act=act, pauses=True)
    page = open_page(serve(build_page(services(runner), [tab])) + "?tab=counting")
    shows(page, "8 apples")
    press(page, "Very long")
    assert seen.wait(PATIENCE)
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_enabled()
    press(page, "Ten more")
    shows(page, "408 409 apples")
    says(page, "Done in")


def test_a_copied_link_shows_the_same_view_elsewhere_and_after_a_reload(visit: Visit, url: str) -> None:
    page = visit(permissions=CLIPBOARD)
    press(page, "Twenty pears")
    shows(page, "20 pears")
    page.wait_for_url(re.compile("pears"))  # the address follows the view
    press(page, "Copy link")
    expect(page.locator(".link-button .note")).to_have_text("Copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    other = visit(link.removeprefix(url))
    shows(other, "20 pears")
    expect(other.get_by_label("Prompt")).to_have_value("pears")
    leave_quietly(other)
    other.reload()
    shows(other, "20 pears")


def test_a_slow_link_waits_for_run(visit: Visit, runner: FakeRunner) -> None:
    page = visit("?v=1&tab=counting&length=900")
    says(page, "press Run")
    expect(page.locator("button.attention")).to_have_text("Run")
    press(page, "Run")
    shows(page, "900 apples")


def test_leaving_the_tab_ends_its_run(visit: Visit, runner: FakeRunner) -> None:
    seen = threading.Event()

    def step(request: CountRequest, number: int) -> None:
        if request.length == 900 and number == 2:
            runner.cancelled.clear()
            seen.set()
            runner.cancelled.wait(PATIENCE)

    runner.step = step
    page = visit()
    shows(page, "8 apples")
    press(page, "Very long")
    assert seen.wait(PATIENCE)
    page.get_by_role("tab", name="Home").click()
    assert runner.cancelled.wait(PATIENCE)


def test_closing_the_page_forgets_the_visitor(visit: Visit, runner: FakeRunner) -> None:
    page = visit()
    shows(page, "8 apples")
    runner.cancelled.clear()
    page.close()
    assert runner.cancelled.wait(PATIENCE)
    assert len(set(runner.forgotten) - {SESSION}) == 1


def test_hostile_text_stays_text(visit: Visit) -> None:
    page = visit()
    shows(page, "8 apples")
    hostile = "<img src=x onerror=document.title='owned'>${title}{{title}}"
    page.get_by_label("Prompt").fill(hostile)
    press(page, "Run")
    shows(page, hostile)
    press(page, "Pin this run")
    expect(page.locator(".pinned")).to_contain_text("<img src=x")
    assert page.title() == "Whybox"


def test_files_and_configurations_are_made_and_read_in_the_browser(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    shows(page, "8 apples")
    with page.expect_download() as csv:
        press(page, "CSV")
    assert csv.value.suggested_filename == "count.csv"
    page.locator(".live-plot .main-svg").first.wait_for()
    with page.expect_download() as png:
        press(page, "PNG")
    assert png.value.suggested_filename == "whybox-counting.png"
    with page.expect_download() as configuration:
        press(page, "Save configuration")
    changed = tmp_path / "mine.json"
    changed.write_text(Path(configuration.value.path()).read_text().replace('"counting"', '"counting", "length": "33"'))
    with page.expect_file_chooser() as chooser:
        press(page, "Open configuration")
    chooser.value.set_files(changed)
    shows(page, "33 apples")


def test_a_pinned_run_stays_beside_the_next_and_chips_restore(visit: Visit) -> None:
    page = visit()
    shows(page, "8 apples")
    press(page, "Pin this run")
    press(page, "Twenty pears")
    shows(page, "20 pears")
    expect(page.locator(".pinned .counted")).to_contain_text("8 apples")
    page.locator(".past-runs").get_by_role("button", name="Eight").click()
    shows(page, "8 apples")
    press(page, "Unpin")
    expect(page.locator(".pinned")).to_be_hidden()


def test_a_claim_is_measured_again_beside_the_published_number(visit: Visit) -> None:
    page = visit()
    shows(page, "8 apples")
    press(page, "measure again")
    shows(page, "4 apples")
    expect(page.locator(".claims")).to_contain_text("measured again: 4 of 4")


def test_chinese_on_a_dark_phone_without_sideways_scrolling(visit: Visit) -> None:
    page = visit("?tab=counting&lang=zh", viewport={"width": 390, "height": 844}, color_scheme="dark")
    shows(page, "8 apples")
    expect(page.get_by_role("button", name="运行", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "zh"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    leave_quietly(page)
    page.locator("[data-lang=en]").click()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()
    assert "lang=en" in page.url
