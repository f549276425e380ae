"""The panel of hard pairs in a real browser: it runs by itself, and another judgement draws it again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from playground.runtime.settings import REPOSITORY
from tests.tiny_masked_lm import CHINESE, write_masked_lm
from tests.tiny_zoo import write_tiny_zoo

PATIENCE = 120_000.0  # milliseconds that a slow machine may take for anything


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


def test_every_verdict_is_drawn_and_another_judgement_draws_it_again(url: str, open_page: Callable[..., Any]) -> None:
    page = open_page(f"{url}?v=1&tab=matching-probe&language=zh&listed=negation")
    page.set_default_timeout(PATIENCE)
    panel = page.locator("#live-matching-probe")
    expect(panel.locator(".table.probe tr")).to_have_count(1 + 10, timeout=PATIENCE)
    expect(panel.get_by_text("Right order")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("radio", name="threshold", exact=True).locator("visible=true").check()
    expect(panel.get_by_text("Right side of the threshold")).to_be_visible(timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
