"""The panel that diagnoses outputs, in a real browser: an uploaded and a pasted matrix get a verdict."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from playground.page import build_page
from playground.runtime.sessions import FILE_BYTES
from playground.tabs.collapse.diagnose.tab import VIEW
from playground.ui.tab_view import Services
from tests.fakes import FakeRegistry
from tests.runtime.engines import FakeClock, FakeModels, Runner, Settings
from tests.ui.conftest import closed_event_loops

__all__ = ["closed_event_loops"]

expect.set_options(timeout=20_000)


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serve: Any) -> str:
    """The panel as the page's only tab."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    view = replace(VIEW, panel_of="")
    runner = Runner({view.name: view.tab}, FakeModels(), memory=None, settings=Settings(time_box=0), clock=FakeClock())
    page = build_page(Services(runner, FakeRegistry()), [view])  # type: ignore[arg-type]
    address: str = serve(page, max_file_size=FILE_BYTES)
    return address + "?tab=collapse-diagnose"


@pytest.fixture
def page(url: str, open_page: Any) -> Page:
    """The panel with its first preset."""
    page: Page = open_page(url)
    verdict(page, "dimensional collapse")
    return page


def verdict(page: Page, words: str) -> None:
    expect(page.locator(".live .cloud-head .verdict")).to_contain_text(words)


def run(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()


def test_an_uploaded_matrix_gets_its_verdict_and_can_be_turned(page: Page) -> None:
    file = io.BytesIO()
    np.save(file, np.ones((30, 8)) + 1e-3 * np.random.default_rng(0).normal(size=(30, 8)))
    chosen = {"name": "z.npy", "mimeType": "application/octet-stream", "buffer": file.getvalue()}
    page.locator(".field-embeddings input").set_input_files(chosen)  # type: ignore[arg-type]
    expect(page.locator(".field-embeddings .upload-name")).to_contain_text("z.npy")
    run(page)
    verdict(page, "complete collapse")
    expect(page.locator(".live .cloud-head h3")).to_contain_text("30 × 8")
    expect(page.locator(".live .scrubber")).to_be_hidden()
    expect(page.locator(".live canvas.cloud")).to_have_attribute(
        "aria-label", "complete collapse: " + page.locator(".live .cloud-head .note").inner_text()
    )


def test_what_is_pasted_badly_is_told_with_its_line_and_nothing_is_lost(page: Page) -> None:
    box = page.locator(".field-pasted textarea")
    box.fill("1,2,3\n4,five,6")
    run(page)
    expect(page.get_by_role("alert").filter(has_text="Line 2 of pasted.csv")).to_be_visible()
    expect(box).to_have_value("1,2,3\n4,five,6")
    box.fill("\n".join(",".join(map(str, row)) for row in np.eye(12).tolist()))
    run(page)
    verdict(page, "healthy")
    expect(page.locator(".live .plot-container").first).to_be_visible()


def test_in_chinese_and_on_a_phone_all_of_it_fits(url: str, open_page: Any) -> None:
    page = open_page(url + "&lang=zh", viewport={"width": 390, "height": 844})
    verdict(page, "维度坍缩")
    expect(page.locator(".live details").last).to_contain_text("这里没有验证过")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
