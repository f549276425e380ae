"""The panel of many texts, in a real browser: own texts come as a heat map, sliders cut anew, and typing searches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from playground.page import build_page
from playground.runtime.runner import Runner
from playground.runtime.sessions import FILE_BYTES
from playground.runtime.settings import Settings
from playground.tabs.matching.matrix import request as requests
from playground.tabs.matching.matrix.tab import VIEW
from playground.ui.tab_view import Services
from tests.fakes import FakeEntry, FakeRegistry, FakeStatus
from tests.tiny_masked_lm import tiny_bert
from tests.ui.conftest import closed_event_loops

__all__ = ["closed_event_loops"]

MODEL = "packaged/all-minilm-l6-v2"
PHONE = {"width": 390, "height": 844}
ROWS = "text\na great film\na good film\na boring plot\nsports in the summer\n"

expect.set_options(timeout=40_000)


class Lender:
    """Lends one tiny encoder under every name."""

    def __init__(self) -> None:
        self.loaded = tiny_bert()

    @contextmanager
    def lease(self, id: str, **options: Any) -> Iterator[Any]:
        """The model, on the processor."""
        yield self.loaded

    def fingerprint(self, id: str) -> str:
        """Made up."""
        return f"weights of {id}"


class Zoo(FakeRegistry):
    """Holds that one model."""

    def entries(self) -> tuple[FakeEntry, ...]:
        """The model."""
        return (FakeEntry(MODEL, "Tiny", "packaged", "sentence-embedding"),)


@pytest.fixture
def url(serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    monkeypatch.setattr(requests, "available_models", lambda: frozenset({MODEL}))
    runner = Runner({VIEW.name: VIEW.tab}, Lender(), memory=None, settings=Settings(time_box=0))
    page = build_page(Services(runner, Zoo({MODEL: FakeStatus()})), [replace(VIEW, panel_of="", presets=())])  # type: ignore[arg-type]
    address: str = serve(page, max_file_size=FILE_BYTES)
    return address


def opened(open_page: Any, url: str, **options: Any) -> Page:
    """The page of the link, once the run that it starts is over."""
    page: Page = open_page(url, **options)
    expect(page.get_by_text("Done in")).to_be_visible()
    return page


def test_uploaded_texts_are_drawn_and_cut_anew_without_a_run(url: str, open_page: Any) -> None:
    page = opened(open_page, f"{url}?tab=matching-matrix&duplicate=1", viewport=PHONE)
    page.locator(".upload input").set_input_files({"name": "m.csv", "mimeType": "text/csv", "buffer": ROWS.encode()})
    expect(page.locator(".upload-name")).to_contain_text("m.csv")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("m.csv: 4 texts as vectors")).to_be_visible()
    expect(page.get_by_text("No two texts are so alike")).to_be_visible()
    page.locator(".field-duplicate input[type=number]").fill("0.3")
    page.locator(".field-duplicate input[type=number]").press("Enter")
    expect(page.get_by_text("No two texts are so alike")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_search_follows_what_is_typed(url: str, open_page: Any) -> None:
    page = opened(open_page, f"{url}?tab=matching-matrix&exhibit=search")
    page.get_by_label("Query").fill("where is my parcel")
    expect(page.get_by_text("What answers “where is my parcel”")).to_be_visible()
