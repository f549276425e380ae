"""The real app in a real browser: trainings that run in the panels of the sampling and matching tabs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from playground.runtime.settings import REPOSITORY

PATIENCE = 120_000.0  # milliseconds that a slow machine may take for anything
AUTOENCODERS = "sampling-autoencoders", "latents=2&steps=20&every=5"
HIERARCHY = "sampling-hierarchy", "steps=6&every=2&beside.0.balancing=off"
CRITIC = "sampling-critic", "steps=20&every=5&critics=clipping,penalty"
MATCHING = "matching-train", "steps=20&every=5"
PANELS = (AUTOENCODERS, HIERARCHY, CRITIC, MATCHING)
each = pytest.mark.parametrize(("tab", "query"), PANELS, ids=lambda text: text[:24])


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
    def visit_(tab: str, query: str, **options: Any) -> Page:
        page = open_page(f"{url}?tab={tab}&{query}", **options)
        page.set_default_timeout(PATIENCE)
        return page

    return visit_


def live(page: Page, tab: str) -> Locator:
    return page.locator(f"#live-{tab}")


def at_step(page: Page, tab: str, step: int) -> None:
    expect(live(page, tab).locator(".scrubber .meta")).to_have_text(f"step {step:,} of {step:,}", timeout=PATIENCE)


@each
def test_a_link_trains_to_its_last_step_and_a_button_goes_on(visit: Callable[..., Page], tab: str, query: str) -> None:
    page = visit(tab, query)
    steps = int(query.split("steps=")[1].split("&")[0])
    at_step(page, tab, steps)
    live(page, tab).get_by_text("+1", exact=True).click()
    at_step(page, tab, steps + 1)


@each
def test_reset_goes_back_to_the_start(visit: Callable[..., Page], tab: str, query: str) -> None:
    page = visit(tab, query)
    at_step(page, tab, int(query.split("steps=")[1].split("&")[0]))
    live(page, tab).get_by_role("button", name="Reset", exact=True).click()
    at_step(page, tab, 0)


def test_three_autoencoders_stand_side_by_side_with_samples_from_noise_and_from_the_mixture(
    visit: Callable[..., Page],
) -> None:
    page = visit(*AUTOENCODERS)
    at_step(page, AUTOENCODERS[0], 20)
    cards = live(page, AUTOENCODERS[0]).locator(".treatments article")
    expect(cards).to_have_count(3)
    for place in range(3):
        expect(cards.nth(place).locator(".sheets:not(.wide) img")).to_have_count(2)


def test_the_live_panels_fit_a_phone(visit: Callable[..., Page]) -> None:
    for tab, query in PANELS:
        page = visit(tab, query, viewport={"width": 390, "height": 844})
        live(page, tab).locator(".scrubber .meta").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
