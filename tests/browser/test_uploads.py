"""A file and drawn points in a real browser: what is chosen and drawn reaches the engine and the link."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from playground.runtime.sessions import FILE_BYTES
from tests.given_tab import CORNERS, given_page, given_runner
from tests.ui.conftest import closed_event_loops

__all__ = ["closed_event_loops"]

ZIP = {"name": "<b>pictures.zip", "mimeType": "application/zip", "buffer": b"PK words"}
DIGEST = hashlib.sha256(ZIP["buffer"]).hexdigest()[:12]  # type: ignore[arg-type]
NOTHING = hashlib.sha256(b"").hexdigest()[:12]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}

expect.set_options(timeout=20_000)


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where gradio lays its temporary copies."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    return tmp_path / "gradio"


@pytest.fixture
def url(copies: Path, tmp_path: Path, serve: Any) -> str:
    address: str = serve(given_page(tmp_path, given_runner()), max_file_size=FILE_BYTES)
    return address


@pytest.fixture
def page(url: str, open_page: Any) -> Page:
    """The tab with its first preset: three points, no file."""
    return opened(open_page, url)


def opened(open_page: Any, url: str, query: str = "?tab=given", **options: Any) -> Page:
    page: Page = open_page(url + query, **options)
    received(page, "and 3 points")
    return page


def received(page: Page, text: str) -> None:
    expect(page.locator(".live .received")).to_contain_text(text)


def choose(page: Page, **changes: Any) -> None:
    page.locator(".upload input").set_input_files(ZIP | changes)


def upload(page: Page) -> None:
    choose(page)
    expect(page.locator(".upload-name")).to_have_text("\u2068<b>pictures.zip\u2069, 1 kB")


def run(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()


def square(page: Page) -> Locator:
    return page.locator(".drawing svg")


def count(page: Page, text: str) -> None:
    expect(page.locator(".drawing .count")).to_have_text(text)


def at(page: Page, x: int, y: int) -> tuple[float, float]:
    """A point of the plane on the screen."""
    box = page.locator(".drawing rect").bounding_box()
    assert box is not None
    return box["x"] + box["width"] * (x + 100) / 200, box["y"] + box["height"] * (100 - y) / 200


def click(page: Page, x: int, y: int) -> None:
    square(page).scroll_into_view_if_needed()
    page.mouse.click(*at(page, x, y))


def clear(page: Page) -> None:
    page.get_by_role("button", name="Clear", exact=True).click()
    count(page, "0 of 4")


def test_an_uploaded_file_reaches_the_engine_and_no_copy_stays(page: Page, copies: Path) -> None:
    upload(page)
    run(page)
    received(page, DIGEST)
    assert [path for path in copies.rglob("*") if path.is_file()] == []
    page.wait_for_url(re.compile("missing=images"))


def test_a_preset_clears_the_file_and_a_past_run_brings_it_back(page: Page) -> None:
    upload(page)
    run(page)
    received(page, DIGEST)
    page.locator(".presets button").first.click()
    expect(page.locator(".upload-name")).to_have_text("No file")
    expect(page.locator(".past-runs button").first).to_have_text("Three corners")
    page.locator(".past-runs button", has_text="pictures").click()
    expect(page.locator(".upload-name")).to_contain_text("pictures")
    received(page, DIGEST)


def test_a_removed_file_is_none(page: Page) -> None:
    upload(page)
    run(page)
    received(page, DIGEST)
    page.get_by_role("button", name="Remove", exact=True).click()
    run(page)
    received(page, NOTHING)


def test_a_file_that_cannot_be_used_is_a_sentence_and_the_one_before_stays(page: Page) -> None:
    upload(page)
    choose(page, name="a.png")
    expect(page.locator(".upload .problem")).to_have_text("a.png cannot be used here: choose a file that ends in .zip.")
    choose(page, buffer=b"x" * (FILE_BYTES + 1))
    expect(page.locator(".upload .problem")).to_contain_text("is larger than 5 MB")
    run(page)
    received(page, DIGEST)


def test_drawn_points_reach_the_engine_and_the_link(page: Page) -> None:
    clear(page)
    for x, y in CORNERS:
        click(page, x, y)
    click(page, 80, 80)
    count(page, "4 of 4")
    click(page, -80, -80)
    expect(page.locator(".drawing .said")).to_contain_text("There is room for 4 points")
    click(page, 80, 80)
    count(page, "3 of 4")
    page.get_by_role("button", name="Undo", exact=True).click()
    run(page)
    received(page, "and 4 points")
    page.wait_for_url(re.compile("points="))
    drawn = page.evaluate("JSON.parse(new URLSearchParams(location.search).get('points'))")
    assert all(
        abs(a - b) <= 1
        for point, wanted in zip(drawn, (*CORNERS, (80, 80)), strict=True)
        for a, b in zip(point, wanted, strict=True)
    )


def test_a_link_fills_the_drawing_in(open_page: Any, url: str) -> None:
    page = opened(open_page, url, "?v=1&tab=given&points=[[1,2],[3,40],[90,-90]]&lang=zh")
    count(page, "3 / 4")
    assert page.locator(".drawing circle").nth(2).get_attribute("cy") == "90"


def test_a_drag_draws_a_trail_that_is_undone_at_once(page: Page) -> None:
    clear(page)
    square(page).scroll_into_view_if_needed()
    page.mouse.move(*at(page, 0, 0))
    page.mouse.down()
    page.mouse.move(*at(page, 24, 0), steps=3)
    page.mouse.up()
    count(page, "4 of 4")
    page.get_by_role("button", name="Undo", exact=True).click()
    count(page, "0 of 4")


def test_the_keyboard_draws_and_removes(page: Page) -> None:
    clear(page)
    square(page).focus()
    for key in ("ArrowRight", "Shift+ArrowUp", "Enter"):
        page.keyboard.press(key)
    count(page, "1 of 4")
    run(page)
    received(page, "and 1 points")
    page.wait_for_url(re.compile(r"points=%5B%5B5%2C1%5D%5D"))
    square(page).focus()
    page.keyboard.press("Enter")
    count(page, "0 of 4")


def test_on_a_phone_a_tap_draws_and_nothing_scrolls_sideways(open_page: Any, url: str) -> None:
    page = opened(open_page, url, **PHONE)
    square(page).scroll_into_view_if_needed()
    page.touchscreen.tap(*at(page, 80, 0))
    count(page, "4 of 4")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
