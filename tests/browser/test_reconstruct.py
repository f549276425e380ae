"""The panel that reconstructs, in a real browser: what is drawn or uploaded comes back, on a phone too."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from playground.page import build_page
from playground.runtime.runner import Runner
from playground.runtime.sessions import FILE_BYTES
from playground.runtime.settings import Settings
from playground.runtime.sketches import SIDE
from playground.tabs.sampling.reconstruct.tab import VIEW
from playground.ui.tab_view import Services
from tests.fakes import FakeRegistry
from tests.tiny_picture_models import Lender, tiny_networks
from tests.ui.conftest import closed_event_loops

__all__ = ["closed_event_loops"]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
BLANK = "?tab=sampling-reconstruct&source=drawing&sets=pixelart16&sketch="

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def runner() -> Runner:
    return Runner({VIEW.name: VIEW.tab}, Lender(tiny_networks()), memory=None, settings=Settings(time_box=0))


@pytest.fixture
def url(serve: Any, runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    page = build_page(Services(runner, FakeRegistry()), [replace(VIEW, panel_of="")])  # type: ignore[arg-type]
    address: str = serve(page, max_file_size=FILE_BYTES)
    return address


def drawing(open_page: Any, url: str, sketch: str = "b1", **options: Any) -> Page:
    """The page with a drawing, answered."""
    page: Page = open_page(url + BLANK + sketch, **options)
    answered(page, "32×32")
    return page


def answered(page: Page, size: str) -> None:
    expect(page.locator(".live .card-title").first).to_have_text(f"The picture, {size}")


def run(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()


def press(page: Page, name: str) -> None:
    page.locator(".sketch").get_by_role("button", name=name, exact=True).click()


def paper(page: Page) -> Locator:
    return page.locator(".sketch canvas")


def at(page: Page, column: int, row: int) -> tuple[float, float]:
    """The middle of a pixel on the screen."""
    paper(page).scroll_into_view_if_needed()
    box = paper(page).bounding_box()
    assert box is not None
    return box["x"] + (column + 0.5) * box["width"] / SIDE, box["y"] + (row + 0.5) * box["height"] / SIDE


def test_a_stroke_is_a_line_that_reaches_the_link_and_is_undone_at_once(url: str, open_page: Any) -> None:
    page = drawing(open_page, url)
    press(page, "Fine")
    page.mouse.move(*at(page, 4, 10))
    page.mouse.down()
    page.mouse.move(*at(page, 20, 10), steps=2)
    page.mouse.up()
    run(page)
    page.wait_for_url(re.compile("sketch=ba323b17a"))
    press(page, "Undo")
    run(page)
    page.wait_for_url(re.compile("sketch=ba1023"))


def test_filling_stops_at_a_line_and_clearing_leaves_nothing(url: str, open_page: Any) -> None:
    page = drawing(open_page, url, "a64b32a928")
    press(page, "Fill")
    page.locator(".sketch").get_by_role("radio", name="red").click()
    page.mouse.click(*at(page, 5, 30))
    run(page)
    page.wait_for_url(re.compile("sketch=a64b32h928"))
    press(page, "Clear")
    run(page)
    expect(page.get_by_text("There is no drawing yet")).to_be_visible()


def test_the_keyboard_draws(url: str, open_page: Any) -> None:
    page = drawing(open_page, url)
    press(page, "Fine")
    paper(page).focus()
    for key in ("ArrowUp", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".sketch .said")).to_have_text("row 16, column 16")
    run(page)
    page.wait_for_url(re.compile("sketch=ba494ba528"))


def test_on_a_phone_a_tap_draws_and_nothing_scrolls_sideways(url: str, open_page: Any) -> None:
    page = drawing(open_page, url, **PHONE)
    press(page, "Fine")
    page.touchscreen.tap(*at(page, 2, 0))
    run(page)
    page.wait_for_url(re.compile("sketch=baba1021"))
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_an_uploaded_picture_is_rebuilt_and_a_renamed_text_is_a_sentence(url: str, open_page: Any) -> None:
    file = io.BytesIO()
    Image.new("CMYK", (300, 200), (0, 200, 200, 0)).save(file, "JPEG")
    page: Page = open_page(url + "?tab=sampling-reconstruct")
    answered(page, "32×32")
    page.get_by_text("upload", exact=True).click()
    expect(paper(page)).to_be_hidden()
    picture = {"name": "red.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
    page.locator(".upload input").set_input_files(picture)
    expect(page.locator(".upload-name")).to_contain_text("red.jpg\u2069, ")
    run(page)
    answered(page, "300×200")
    expect(page.locator(".live")).to_contain_text("middle square, made smaller, made grey")
    page.locator(".upload input").set_input_files(picture | {"name": "words.png", "buffer": b"words"})
    expect(page.locator(".upload-name")).to_contain_text("words.png\u2069, ")
    run(page)
    expect(page.get_by_text("words.png holds no picture that can be read")).to_be_visible()
