"""The prompting tab in a real browser: what is typed is answered at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from playground.runtime.settings import REPOSITORY
from tests.tiny_masked_lm import CHINESE, ENGLISH, write_masked_lm
from tests.tiny_zoo import write_tiny_zoo

PATIENCE = 120_000.0  # milliseconds that a slow machine may take for anything
QUERY = (
    "v=1&tab=prompting&texts=the%20film%20was%20great%0Aboring%20plot&verbalizer=positive:%20great%0Anegative:%20bad"
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    zoo = write_tiny_zoo(tmp_path_factory.mktemp("zoo"))
    for name in (ENGLISH, CHINESE):
        write_masked_lm(zoo / name)
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
    expect(opened.locator("#live-prompting .heat tr")).to_have_count(3, timeout=PATIENCE)
    return opened


def test_a_second_pattern_is_answered_while_it_is_typed(page: Page) -> None:
    page.get_by_label("Patterns").fill("{text} It was [MASK].\nJust [MASK]! {text}")
    head = page.locator("#live-prompting .heat th")
    expect(head).to_have_text(["text", "{text} It was [MASK].", "Just [MASK]! {text}", "together"], timeout=PATIENCE)


def test_a_word_of_several_tokens_turns_red(page: Page) -> None:
    page.get_by_label("Label words").fill("positive: great\nnegative: unwatchable")
    expect(page.locator("#live-prompting .words .wrong")).to_contain_text("u ##n", timeout=PATIENCE)
    expect(page.get_by_text("“unwatchable” is 11 tokens")).to_be_visible(timeout=PATIENCE)
