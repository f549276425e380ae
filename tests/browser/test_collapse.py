"""The real app in a real browser: what the collapse tab promises."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from playground.runtime.settings import REPOSITORY

PATIENCE = 120_000.0  # milliseconds that a slow machine may take for anything
CLIPBOARD = ["clipboard-read", "clipboard-write"]
LIVE = "#live-collapse"
SPHERE = "dimension=3&batch_norm=hidden&batch=32"
SHORT = f"?tab=collapse&{SPHERE}&steps=30&beside.0.dimension=3&beside.0.batch_norm=hidden&beside.0.stop_gradient=off"
LONG = f"?tab=collapse&{SPHERE}&steps=20000"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    cache = tmp_path_factory.mktemp("cache")
    command = [sys.executable, "-m", "playground", "serve", "--port", "0", "--hub", "off", "--threads", "1"]
    command += ["--cache-dir", str(cache)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()


@pytest.fixture
def visit(url: str, open_page: Callable[..., Page]) -> Callable[..., Page]:
    def visit_(query: str = SHORT, **options: Any) -> Page:
        page = open_page(url + query, **options)
        page.set_default_timeout(PATIENCE)
        return page

    return visit_


def press(page: Page, name: str) -> None:
    page.get_by_role("tabpanel").get_by_role("button", name=name, exact=True).locator("visible=true").first.click()


def press_in(page: Page, card: int, name: str) -> None:
    page.locator(f"{LIVE} article").nth(card).get_by_role("button", name=name, exact=True).click()


def at_step(page: Page, step: int) -> None:
    """Wait until the run has ended there."""
    expect(page.locator(f"{LIVE} .scrubber .meta")).to_have_text(f"step {step:,} of {step:,}", timeout=PATIENCE)
    expect(page.get_by_role("tabpanel").get_by_role("button", name="Pause").locator("visible=true")).to_be_disabled(
        timeout=PATIENCE
    )


def started(page: Page) -> None:
    """A long link waits for Run."""
    expect(page.get_by_text("press Run to start")).to_be_visible(timeout=PATIENCE)
    press(page, "Run")
    expect(page.locator(f"{LIVE} article")).to_have_count(1, timeout=PATIENCE)


def paused_at(page: Page) -> int:
    said = page.get_by_text(re.compile(r"Paused at step [\d,]+\."))
    expect(said).to_be_visible(timeout=PATIENCE)
    return int(re.sub(r"\D", "", said.inner_text()))


def marked(page: Page, *steps: int) -> None:
    """Wait until the plot over the steps marks just these: it is drawn a moment after the words change."""
    plot = page.locator(f"{LIVE} .live-plot").first.element_handle()
    same = "([node, steps]) => `${(node.layout.shapes ?? []).map((shape) => shape.x0)}` === `${steps}`"
    page.wait_for_function(same, arg=[plot, list(steps)])


def picture(page: Page) -> list[Any]:
    """All that the cards and plots hold."""
    texts: list[str] = page.locator(f"{LIVE} article").all_inner_texts()
    clouds = page.locator(f"{LIVE} canvas").evaluate_all("nodes => nodes.map(node => node.toDataURL())")
    plots = page.locator(f"{LIVE} .live-plot").evaluate_all("nodes => nodes.map(node => JSON.stringify(node.data))")
    return [*texts, *clouds, *plots]


def test_the_first_view_trains_two_variants_and_tells_which_collapses(visit: Callable[..., Page]) -> None:
    page = visit("?tab=collapse")
    page.get_by_role("heading", name="Why does SimSiam not collapse").wait_for()
    at_step(page, 100)
    healthy, collapsed = page.locator(f"{LIVE} article h3").all_inner_texts()
    assert "healthy" in healthy
    assert "no stop-gradient" in collapsed
    assert "complete collapse" in collapsed


def test_a_run_is_stepped_played_and_reset(visit: Callable[..., Page]) -> None:
    page = visit()
    at_step(page, 30)
    for button, step in (("1 steps more", 31), ("10 steps more", 41)):
        press(page, button)
        at_step(page, step)
    press(page, "Reset")
    at_step(page, 0)
    press(page, "▶ Play")
    at_step(page, 600)


def test_a_paused_run_goes_on_with_a_toggle_that_is_marked(visit: Callable[..., Page]) -> None:
    page = visit(LONG)
    started(page)
    press(page, "Pause")
    step = paused_at(page)
    press_in(page, 0, "off")
    expect(page.get_by_text("% done")).to_be_visible(timeout=PATIENCE)
    press(page, "Pause")
    assert paused_at(page) > step
    marked(page, step)
    assert f"schedule.0={step}" in page.url


def test_a_running_run_takes_a_toggle_where_it_is(visit: Callable[..., Page]) -> None:
    page = visit(LONG)
    started(page)
    page.locator(f"{LIVE} select").first.select_option("none")
    expect(page).to_have_url(re.compile(r"schedule\.0=\d+%3A0%3Apredictor%3Dnone"), timeout=PATIENCE)
    expect(page.get_by_text("% done")).to_be_visible(timeout=PATIENCE)
    press(page, "Pause")
    toggled = re.search(r"schedule\.0=(\d+)", page.url)
    assert toggled is not None
    assert 0 < int(toggled[1]) < paused_at(page)
    marked(page, int(toggled[1]))


def test_a_copied_link_shows_another_browser_the_same_picture(visit: Callable[..., Page]) -> None:
    page = visit(permissions=CLIPBOARD)
    at_step(page, 30)
    press_in(page, 1, "on")
    at_step(page, 330)
    press(page, "Copy link")
    link = page.evaluate("navigator.clipboard.readText()")
    other = visit("?" + link.partition("?")[2])
    at_step(other, 330)
    marked(page, 30)
    marked(other, 30)
    assert picture(other) == picture(page)


def test_the_scrubber_shows_an_earlier_picture_without_a_run(visit: Callable[..., Page]) -> None:
    page = visit()
    at_step(page, 30)
    slider = page.locator(f"{LIVE} .scrubber input")
    slider.fill("0")
    expect(page.locator(f"{LIVE} .scrubber .meta")).to_have_text("step 0 of 30", timeout=PATIENCE)
    expect(page.locator(f"{LIVE} article h3").first).to_contain_text("too early")
    assert "moment=0" in page.url
    marked(page, 0)


def test_the_settings_at_the_left_become_one_more_variant(visit: Callable[..., Page]) -> None:
    page = visit()
    at_step(page, 30)
    page.locator("#live-collapse").locator("xpath=../..").get_by_label("linear").locator("visible=true").check()
    press(page, "Add as a variant")
    expect(page.locator(f"{LIVE} article")).to_have_count(3, timeout=PATIENCE)
    expect(page.locator(f"{LIVE} article h3").nth(2)).to_contain_text("predictor linear", timeout=PATIENCE)
    press(page, "Add as a variant")
    expect(page.get_by_text("is already there")).to_be_visible(timeout=PATIENCE)


def test_a_removed_variant_leaves_the_others_as_they_were(visit: Callable[..., Page]) -> None:
    page = visit()
    at_step(page, 30)
    second = page.locator(f"{LIVE} article .numbers").nth(1).inner_text()
    press_in(page, 0, "Remove")
    expect(page.locator(f"{LIVE} article")).to_have_count(1, timeout=PATIENCE)
    at_step(page, 30)
    assert page.locator(f"{LIVE} article .numbers").inner_text() == second


def test_a_rate_beyond_reason_stops_the_run_and_says_so(visit: Callable[..., Page]) -> None:
    page = visit(f"?tab=collapse&{SPHERE}&batch_norm=none&steps=60&learning_rate=1000000000")
    expect(page.get_by_role("alert")).to_contain_text("not a finite number at step", timeout=PATIENCE)
    expect(page.locator(f"{LIVE} article")).to_have_count(1)


@pytest.mark.parametrize("suffix", ["JSON", "CSV", "GIF"])
def test_a_run_can_be_taken_away(visit: Callable[..., Page], suffix: str) -> None:
    page = visit()
    at_step(page, 30)
    with page.expect_download() as download:
        press(page, suffix)
    assert download.value.suggested_filename == f"collapse.{suffix.lower()}"


def test_a_phone_needs_no_scrolling_sideways(visit: Callable[..., Page]) -> None:
    page = visit(SHORT + "&lang=zh", viewport={"width": 390, "height": 844})
    expect(page.locator(f"{LIVE} article")).to_have_count(2, timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_clouds_turn_with_the_arrow_keys(visit: Callable[..., Page]) -> None:
    page = visit()
    at_step(page, 30)
    canvas = page.locator(f"{LIVE} canvas").first
    before = canvas.evaluate("node => node.toDataURL()")
    canvas.press("ArrowRight")
    page.wait_for_function("([node, before]) => node.toDataURL() !== before", arg=[canvas.element_handle(), before])
