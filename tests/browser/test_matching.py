"""The matching tab's pair in a real browser: what is typed is scored at once, and a click lays other tokens out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from playground.runtime.settings import REPOSITORY
from tests.tiny_masked_lm import CHINESE, write_masked_lm
from tests.tiny_zoo import write_tiny_zoo

PATIENCE = 120_000.0  # milliseconds that a slow machine may take for anything
QUERY = "v=1&tab=matching&a=酒店很好&b=房间很差"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    zoo = write_tiny_zoo(tmp_path_factory.mktemp("zoo"))
    write_masked_lm(zoo / CHINESE)
    command = [sys.executable, "-m", "playground", "serve", "--port", "0", "--hub", "off", "--threads", "1"]
    command += ["--zoo-dir", str(zoo), "--cache-dir", str(tmp_path_factory.mktemp("cache"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()


@pytest.fixture
def page(url: str, open_page: Callable[..., Any]) -> Page:
    opened: Page = open_page(f"{url}?{QUERY}")
    opened.set_default_timeout(PATIENCE)
    expect(opened.locator("#live-matching .methods tr")).to_have_count(1 + 4, timeout=PATIENCE)
    return opened


def test_what_is_typed_is_scored_at_once(page: Page) -> None:
    score = page.locator("#live-matching .methods tr", has_text="character n-grams").locator("td").nth(1)
    expect(score).not_to_contain_text("1.000")
    page.get_by_label("Second text").fill("酒店很好")
    expect(score).to_contain_text("1.000", timeout=PATIENCE)


def test_a_click_lays_another_methods_tokens_side_by_side(page: Page) -> None:
    words = page.get_by_role("button", name="word vectors")
    expect(words).to_have_attribute("aria-pressed", "false", timeout=PATIENCE)
    words.click()
    expect(words).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
