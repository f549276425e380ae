"""Home: pictures and numbers that were made here."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.runtime.contracts import Tab
from playground.ui.openings import Openings
from playground.ui.tab_view import TabView
from playground.views.home import home_html
from tests.fakes import CountRequest, FakeRunner, counting, no_engine

CLAIMS = """claims:
- id: unmeasured
  claim: {en: Later, zh: 以后}
  source: {title: P, url: https://example.org}
  published: "1"
- id: measured
  claim: {en: Counting ends, zh: 计数会停}
  source: {title: P, url: https://example.org}
  published: "1"
  ours: {value: 8 of 8, how: {en: counted, zh: 数过}, date: 2026-01-31, commit: 1a2b3c4, machine: 2 cores}
"""


@pytest.fixture
def tab(tmp_path: Path) -> TabView:
    """The counting tab in the place of one that Home has a card for."""
    (tmp_path / "claims.yaml").write_text(CLAIMS)
    return counting(tmp_path, tab=Tab("decoding", CountRequest, no_engine))


def test_a_card_has_the_picture_of_the_first_run(tab: TabView) -> None:
    openings = Openings([tab], FakeRunner())
    assert "<svg" not in home_html([tab], openings, "en")
    openings.start()
    openings.screen("decoding", 5)
    assert "<svg" in home_html([tab], openings, "en")


def test_a_card_has_the_first_number_that_was_measured_here(tab: TabView) -> None:
    page = home_html([tab], Openings([tab], FakeRunner()), "zh")
    assert "计数会停: 8 of 8" in page


def test_a_tab_without_claims_and_thumbnail_still_has_a_card(tmp_path: Path) -> None:
    tab = counting(tmp_path, tab=Tab("decoding", CountRequest, no_engine), thumbnail=None)
    assert 'href="?tab=decoding' in home_html([tab], Openings([tab], FakeRunner()), "en")
