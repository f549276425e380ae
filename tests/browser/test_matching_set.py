"""The panel of labelled pairs, in a real browser: own pairs are judged, the line is dragged, and the table comes."""

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
from playground.tabs.matching.set.tab import VIEW
from playground.ui.tab_view import Services
from tests.fakes import FakeRegistry
from tests.tabs.matching.set.fakes import MINE
from tests.ui.conftest import closed_event_loops

__all__ = ["closed_event_loops"]

ASKED = "?tab=matching-set&methods=ngrams,bm25&count=50&resamples=50"

expect.set_options(timeout=40_000)


class Lender:
    """Lends nothing: the lexical methods need no model."""

    @contextmanager
    def lease(self, id: str, **options: Any) -> Iterator[Any]:
        """No model."""
        raise AssertionError(id)
        yield

    def fingerprint(self, id: str) -> str:
        """Made up."""
        return f"weights of {id}"


@pytest.fixture
def url(serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    runner = Runner({VIEW.name: VIEW.tab}, Lender(), memory=None, settings=Settings(time_box=0))
    page = build_page(Services(runner, FakeRegistry({})), [replace(VIEW, panel_of="", presets=())])  # type: ignore[arg-type]
    address: str = serve(page, max_file_size=FILE_BYTES)
    return address


def opened(open_page: Any, url: str, **options: Any) -> Page:
    """The page of the link, once the run that it starts is over."""
    page: Page = open_page(url + ASKED, **options)
    expect(page.get_by_text("Done in")).to_be_visible()
    return page


def said(page: Page, name: str) -> str:
    return page.locator(f'[data-value="{name}"]').inner_text()


def test_the_line_is_dragged_and_goes_back(url: str, open_page: Any) -> None:
    page = opened(open_page, url)
    chosen = said(page, "threshold")
    box = page.locator(".threshold-plot").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.01, box["y"] + 40)
    page.mouse.up()
    assert said(page, "threshold") != chosen
    assert said(page, "recall") == "1.000"  # nearly every pair is called alike
    page.get_by_role("button", name="Back to the chosen one").click()
    assert said(page, "threshold") == chosen


def test_the_line_is_moved_by_the_keyboard_alone(url: str, open_page: Any) -> None:
    page = opened(open_page, url)
    slide = page.get_by_role("slider", name="Threshold")
    slide.press("End")
    assert said(page, "recall") < "0.100"  # hardly any pair is called alike
    slide.press("Home")
    assert said(page, "recall") == "1.000"


def test_another_method_is_drawn_at_a_click(url: str, open_page: Any) -> None:
    page = opened(open_page, url)
    page.get_by_role("button", name="BM25").click()
    expect(page.get_by_text("The worst mistakes of BM25")).to_be_visible()


def test_uploaded_pairs_are_judged_on_a_phone(url: str, open_page: Any) -> None:
    page = opened(open_page, url, viewport={"width": 390, "height": 844})
    file = {"name": "mine.csv", "mimeType": "text/csv", "buffer": MINE.encode()}
    page.locator(".upload input").set_input_files(file)
    expect(page.locator(".upload-name")).to_contain_text("mine.csv")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("mine.csv: the threshold is chosen on 12 pairs")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert Path(waiting.value.path()).read_text().startswith("a,b,label,part,ngrams score")


def test_a_one_sided_file_is_refused_with_its_line(url: str, open_page: Any) -> None:
    page = opened(open_page, url)
    file = {"name": "mine.csv", "mimeType": "text/csv", "buffer": b"a,b,label\nx,y\n"}
    page.locator(".upload input").set_input_files(file)
    expect(page.locator(".upload-name")).to_contain_text("mine.csv")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("Line 2 of mine.csv has 2 entries")).to_be_visible()
