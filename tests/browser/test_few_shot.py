"""The panel of few labels, in a real browser: own texts are trained on, the run shows its results, and files come."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from playground.page import build_page
from playground.runtime.runner import Runner
from playground.runtime.sessions import FILE_BYTES
from playground.runtime.settings import Settings
from playground.tabs.prompting.few_shot import take_away
from playground.tabs.prompting.few_shot.tab import VIEW
from playground.ui.tab_view import Services
from tests.fakes import FakeEntry, FakeRegistry, FakeStatus
from tests.tiny_masked_lm import tiny_bert
from tests.ui.conftest import closed_event_loops

__all__ = ["closed_event_loops"]

ROWS = "".join(f"a good film {n},positive\na bad film {n},negative\n" for n in range(9))
ASKED = "?tab=prompting-few-shot&methods=pet&shots=2&seeds=1&updates=5&unlabelled=0&tests=50"
MODEL = "zoo/tiny-zh"  # a Chinese name: no encoder beside it
WORDS = f"&patterns={{text}}+It+was+[MASK].&words=positive:+good%0Anegative:+bad&model={MODEL}"


class Lender:
    """Lends one tiny model under every name."""

    @contextmanager
    def lease(self, id: str, **options: Any) -> Iterator[Any]:
        """The model, on the processor."""
        yield tiny_bert()

    def fingerprint(self, id: str) -> str:
        """Made up."""
        return f"weights of {id}"


class Zoo(FakeRegistry):
    """Holds that one model."""

    def entries(self) -> tuple[FakeEntry, ...]:
        """The model."""
        return (FakeEntry(MODEL, "Tiny", "zoo", "masked-lm"),)


expect.set_options(timeout=40_000)


@pytest.fixture
def url(serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    lender = Lender()
    monkeypatch.setattr(take_away, "registry", lambda: SimpleNamespace(lease=lender.lease))
    runner = Runner({VIEW.name: VIEW.tab}, lender, memory=None, settings=Settings(time_box=0))
    page = build_page(Services(runner, Zoo({MODEL: FakeStatus()})), [replace(VIEW, panel_of="", presets=())])  # type: ignore[arg-type]
    address: str = serve(page, max_file_size=FILE_BYTES)
    return address


def upload(page: Page, data: str, name: str = "mine.csv") -> None:
    page.locator(".upload input").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data.encode()})
    expect(page.locator(".upload-name")).to_contain_text(name)


def run(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()


def opened(open_page: Any, url: str, **options: Any) -> Page:
    """The page of the link, once the run that it starts is over: what is uploaded before is lost."""
    page: Page = open_page(url + ASKED + WORDS, **options)
    expect(page.get_by_text("Done in")).to_be_visible()
    return page


def test_uploaded_texts_are_learnt_and_the_classifier_is_taken_away(url: str, open_page: Any) -> None:
    page = opened(open_page, url, viewport={"width": 390, "height": 844})
    upload(page, f"text,label\n{ROWS}")
    run(page)
    expect(page.get_by_text("mine.csv: 2 labels")).to_be_visible()
    expect(page.get_by_text("Done in")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="ZIP", exact=True).click()
    packed = zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert "prompt-classifier/predict.py" in packed.namelist()


def test_a_ragged_file_is_refused_with_its_line(url: str, open_page: Any) -> None:
    page = opened(open_page, url)
    upload(page, "text,label\na,b,c\n")
    run(page)
    expect(page.get_by_text("Line 2 of mine.csv has 3 entries")).to_be_visible()
