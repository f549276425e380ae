"""The real app in a real browser: what the sampling tab promises, on tiny random models."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from playground.runtime.settings import REPOSITORY
from tests.tiny_zoo import write_tiny_zoo

PATIENCE = 120_000.0  # milliseconds that a slow machine may take for anything
CLIPBOARD = ["clipboard-read", "clipboard-write"]
LIVE = "#live-sampling"
FEW = "?tab=sampling&pictures=6"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server")
    command = [sys.executable, "-m", "playground", "serve", "--port", "0", "--hub", "off", "--threads", "1"]
    command += ["--cache-dir", str(folder / "cache"), "--zoo-dir", str(write_tiny_zoo(folder / "zoo"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()


@pytest.fixture
def visit(url: str, open_page: Callable[..., Page]) -> Callable[..., Page]:
    def visit_(query: str = FEW, **options: Any) -> Page:
        page = open_page(url + query, **options)
        page.set_default_timeout(PATIENCE)
        return page

    return visit_


def press(page: Page, name: str) -> None:
    page.get_by_role("tabpanel").get_by_role("button", name=name, exact=True).locator("visible=true").first.click()


def grid(page: Page) -> Locator:
    return page.locator(f"{LIVE} .image-grid figure")


def shown(page: Page, stop: str = "Stop") -> list[str]:
    """Addresses of all pictures, once the run that is shown is over: the figures of the groups come last."""
    page.locator(f"{LIVE} .tile small").first.wait_for()
    expect(page.get_by_role("tabpanel").get_by_role("button", name=stop).locator("visible=true")).to_be_disabled(
        timeout=PATIENCE
    )
    sources: list[str] = page.locator(f"{LIVE} img").evaluate_all("images => images.map(image => image.src)")
    return sources


def test_the_first_view_shows_sixteen_pictures(visit: Callable[..., Page]) -> None:
    page = visit("?tab=sampling")
    page.get_by_role("heading", name="What turns a decoder into a generator").wait_for()
    expect(grid(page)).to_have_count(16, timeout=PATIENCE)


def test_a_clicked_picture_becomes_the_subject_and_stands_in_the_link(visit: Callable[..., Page]) -> None:
    page = visit()
    before = shown(page)
    grid(page).nth(3).get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"subject=0%3A3"), timeout=PATIENCE)
    expect(grid(page).nth(3)).to_have_class("selected", timeout=PATIENCE)
    assert shown(page)[0] == before[2 + 3]  # A and B come first


def test_kept_groups_are_chosen_on_their_tiles(visit: Callable[..., Page]) -> None:
    page = visit()
    shown(page)
    press(page, "Keep the top")
    tiles = page.locator(f"{LIVE} .group-tiles button")
    expect(tiles).to_have_count(3, timeout=PATIENCE)
    tiles.nth(0).click()
    expect(page.locator(f"{LIVE} .tile.chosen")).to_have_count(1, timeout=PATIENCE)
    expect(page.get_by_text("A's first 1 groups")).to_be_visible(timeout=PATIENCE)
    assert "mode=keep" in page.url
    assert "keep=1" in page.url


def test_a_slider_in_the_picture_draws_at_once(visit: Callable[..., Page]) -> None:
    page = visit()
    before = shown(page)
    slide = page.locator(f"{LIVE} .slide input").first
    slide.focus()
    slide.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"temperature=0.75"), timeout=PATIENCE)
    expect(page.locator(f"{LIVE} .slide output").first).to_have_text("0.75", timeout=PATIENCE)
    page.wait_for_function(
        "([selector, source]) => document.querySelectorAll(selector)[2]?.src !== source",
        arg=[f"{LIVE} img", before[2]],
    )
    assert len(shown(page)) == len(before)


def test_a_walk_is_saved_as_an_animation(visit: Callable[..., Page]) -> None:
    page = visit("?tab=sampling&mode=walk&pictures=5")
    shown(page)
    expect(page.locator(f"{LIVE} .image-strip figure")).to_have_count(5, timeout=PATIENCE)
    with page.expect_download() as download:
        press(page, "GIF")
    assert download.value.suggested_filename == "sampling.gif"
    assert download.value.path().read_bytes().startswith(b"GIF8")


def test_run_keeps_what_is_chosen_in_the_picture(visit: Callable[..., Page]) -> None:
    page = visit("?tab=sampling&mode=resample&group=2&pictures=3&subject=5%3A1")
    before = shown(page)
    press(page, "Run")
    expect(page).to_have_url(re.compile(r"mode=resample"), timeout=PATIENCE)
    assert shown(page) == before


def test_a_copied_link_shows_another_browser_the_same_pictures(visit: Callable[..., Page]) -> None:
    page = visit("?tab=sampling&mode=mix&subject=0%3A3&second=1%3A2", permissions=CLIPBOARD)
    shown(page)
    page.locator(f"{LIVE} .group-tiles button").nth(1).click()
    expect(page.locator(f"{LIVE} .tile.chosen")).to_have_count(1, timeout=PATIENCE)
    assert "from_second=1" in page.url
    before = shown(page)
    press(page, "Copy link")
    other = visit("?" + page.evaluate("navigator.clipboard.readText()").partition("?")[2])
    assert shown(other) == before


def test_the_tab_fits_a_phone_and_speaks_chinese(visit: Callable[..., Page]) -> None:
    page = visit(f"{FEW}&lang=zh", viewport={"width": 390, "height": 844})
    shown(page, stop="停止")
    expect(page.get_by_role("button", name="保留顶层", exact=True)).to_be_visible(timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
