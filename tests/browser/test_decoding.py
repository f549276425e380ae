"""The real app with its embedded models in a real browser: what the decoding tab promises."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from playground.runtime.settings import REPOSITORY

PATIENCE = 60_000.0  # milliseconds that a slow machine may take for anything else
CLIPBOARD = ["clipboard-read", "clipboard-write"]
CARDS = ".live .rows article"
QUICK = "?tab=decoding&length=24&decoders=greedy,nucleus-0.9,temperature-0.7%2Btop-k-4"


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


def test_the_first_view_asks_its_question(visit: Callable[..., Page]) -> None:
    visit().get_by_role("heading", name="Why does the decoder not stop").wait_for()


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


def tokens(page: Page, row: int) -> Locator:
    """The tokens of a row that can be asked about."""
    return page.locator(CARDS).nth(row).locator(".tokens i")


def alternatives(page: Page) -> Locator:
    """What may be chosen instead of the token that the popover tells about."""
    return page.locator("#token-popover .alternatives button:enabled")


def opened(page: Page, row: int, step: int) -> None:
    """Click a token until the popover tells about it: a drawing may come in between."""
    expect(page.locator(f"{CARDS} .tokens[tabindex]")).not_to_have_count(0, timeout=PATIENCE)
    tokens(page, row).nth(step).click()
    expect(page.locator("#token-popover")).to_contain_text(f"step {step}")


def test_clicking_an_alternative_branches_every_row_from_there(visit: Callable[..., Page]) -> None:
    page = visit(QUICK)
    finished(page, 3)
    opened(page, 1, 2)
    said = tokens(page, 1).all_inner_texts()[:2]
    chosen = alternatives(page).first.locator(".word").inner_text().strip()
    alternatives(page).first.click()
    expect(page.locator(f"{CARDS} .forced")).to_have_count(9, timeout=PATIENCE)
    expect(page).to_have_url(re.compile(r"branch\.0=1(:|%3A)2(:|%3A)\d+"), timeout=PATIENCE)
    for row in range(3):
        assert tokens(page, row).all_inner_texts()[:3] == [*said, chosen]
    page.get_by_role("button", name="Back to the whole").click()
    expect(page.locator(f"{CARDS} .forced")).to_have_count(0, timeout=PATIENCE)
    expect(page).not_to_have_url(re.compile("branch"))


def test_a_token_can_be_asked_about_with_the_keyboard_alone(visit: Callable[..., Page]) -> None:
    page = visit(QUICK)
    finished(page, 3)
    row = page.locator(f"{CARDS} .tokens[tabindex]").first
    row.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_contain_text("step 2")
    expect(alternatives(page).first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(alternatives(page).nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(row).to_be_focused()


def test_switching_the_colour_and_the_curve_runs_nothing_and_moves_the_address(visit: Callable[..., Page]) -> None:
    page = visit(QUICK)
    finished(page, 3)
    before = page.locator(f"{CARDS} .tokens").all_inner_texts()
    told = page.locator(".run-status .note").first.inner_text()
    page.get_by_role("button", name="entropy").click()
    expect(page.get_by_role("button", name="entropy")).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    page.get_by_role("button", name="rank of <eos>").click()
    expect(page.get_by_role("heading", name="Rank of <eos>")).to_be_visible(timeout=PATIENCE)
    expect(page).to_have_url(re.compile("color=entropy&curve=rank"), timeout=PATIENCE)
    assert page.locator(f"{CARDS} .tokens").all_inner_texts() == before
    assert page.locator(".run-status .note").first.inner_text() == told


def test_a_step_is_inspected_and_the_parts_of_its_row_change_places(visit: Callable[..., Page]) -> None:
    page = visit(QUICK)
    finished(page, 3)
    opened(page, 2, 1)
    page.get_by_role("button", name="Inspect this step").click()
    columns = page.locator(".inspector th[scope=col]")
    expect(columns).to_have_count(4, timeout=PATIENCE)
    expect(columns.nth(2)).to_contain_text("temperature-0.7")
    page.get_by_role("button", name="temperature-0.7: Later").click()
    expect(columns.nth(3)).to_contain_text("temperature-0.7", timeout=PATIENCE)
    expect(page.locator(f"{CARDS} h3").nth(2)).to_contain_text("top-k-4+temperature-0.7")


def test_the_tab_fits_a_phone_in_chinese_and_dark(visit: Callable[..., Page]) -> None:
    page = visit("?tab=decoding&lang=zh", viewport={"width": 390, "height": 844}, color_scheme="dark")
    page.get_by_role("heading", name="解码器为什么停不下来").wait_for()
    finished(page, 8)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
