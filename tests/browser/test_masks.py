"""The panels Fill in and T-TA in a real browser, on tiny models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.bad_input_server import running_server

PATIENCE = 120_000.0  # milliseconds that a slow machine may take for anything
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield str(running.client.base_url)


@pytest.fixture
def visit(url: str, open_page: Callable[..., Page]) -> Callable[..., Page]:
    def visit_(query: str, **options: Any) -> Page:
        page = open_page(f"{url}?{query}", **options)
        page.set_default_timeout(PATIENCE)
        return page

    return visit_


def live(page: Page, tab: str) -> Locator:
    return page.locator(f"#live-{tab}")


def shows(place: Locator, count: int) -> None:
    expect(place).to_have_count(count, timeout=PATIENCE)


def test_a_suggestion_that_is_clicked_fills_its_mask(visit: Callable[..., Page]) -> None:
    page = visit("tab=prompting-fill&v=1&text=it+was+[MASK]+and+[MASK]&words=great,movies")
    shows(live(page, "prompting-fill").locator(".flag"), 1)
    live(page, "prompting-fill").locator(".guesses .word").first.click()
    shows(live(page, "prompting-fill").locator(".tokens .mask"), 1)


def test_the_panels_fit_a_phone(visit: Callable[..., Page]) -> None:
    page = visit("tab=prompting-t-ta&v=1&text=it+was+great&lang=zh", viewport=PHONE)
    shows(live(page, "prompting-t-ta").locator(".tokens .odd"), 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_influences_are_four_squares(visit: Callable[..., Page]) -> None:
    page = visit("tab=prompting-t-ta&v=1&exhibit=influence&text=it+was+great")
    shows(live(page, "prompting-t-ta").locator(".squares figure"), 4)
    expect(live(page, "prompting-t-ta").locator("figcaption").first).to_have_text("largest on the diagonal: 0")
