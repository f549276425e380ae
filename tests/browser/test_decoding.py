"""The real app with its embedded models in a real browser: what the decoding tab promises."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from playground.runtime.settings import REPOSITORY

FIRST_VIEW = 5.0  # seconds
PATIENCE = 30_000.0  # milliseconds that a slow machine may take for anything else
CLIPBOARD = ["clipboard-read", "clipboard-write"]
CARDS = ".live .rows article"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    cache = tmp_path_factory.mktemp("cache")
    command = [sys.executable, "-m", "playground", "serve", "--port", "0", "--hub", "off", "--cache-dir", str(cache)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()


@pytest.fixture
def visit(url: str, open_page: Callable[..., Page]) -> Callable[..., Page]:
    def visit_(query: str = "?tab=decoding", **options: Any) -> Page:
        page = open_page(url + query, **options)
        page.set_default_timeout(PATIENCE)
        return page

    return visit_


def finished(page: Page, rows: int) -> list[str]:
    """The text of every row once the run is over."""
    expect(page.locator(CARDS)).to_have_count(rows, timeout=PATIENCE)
    expect(page.locator(f"{CARDS} .status")).to_have_count(rows, timeout=PATIENCE)
    texts: list[str] = page.locator(CARDS).all_inner_texts()
    return texts


def test_the_first_view_asks_its_question_within_five_seconds(visit: Callable[..., Page]) -> None:
    begun = time.perf_counter()
    page = visit()
    page.get_by_role("heading", name="Why does the decoder not stop").wait_for()
    assert time.perf_counter() - begun < FIRST_VIEW


def test_eight_decoders_run_by_themselves_and_only_the_vanilla_greedy_row_loops(visit: Callable[..., Page]) -> None:
    greedy, *_, st, nmst, floor = finished(visit(), 8)
    assert "looping" in greedy
    assert all("stopped" in row for row in (st, nmst, floor))


def test_a_copied_link_shows_another_browser_the_same(visit: Callable[..., Page]) -> None:
    page = visit(permissions=CLIPBOARD)
    shown = finished(page, 8)
    page.get_by_role("button", name="The loop").click()
    expect(page.get_by_text("400 tokens")).to_have_count(1, timeout=PATIENCE)
    loop = finished(page, 2)
    page.get_by_role("button", name="Copy link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    other = visit("?" + link.partition("?")[2])
    expect(other.get_by_text("400 tokens")).to_have_count(1, timeout=PATIENCE)
    assert "certified at step" in loop[0]
    assert finished(other, 2) == loop != shown


def test_the_tab_fits_a_phone_in_chinese_and_dark(visit: Callable[..., Page]) -> None:
    page = visit("?tab=decoding&lang=zh", viewport={"width": 390, "height": 844}, color_scheme="dark")
    page.get_by_role("heading", name="解码器为什么停不下来").wait_for()
    finished(page, 8)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
