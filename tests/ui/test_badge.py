"""The badge in the header."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from playground.ui.badge import badge_html, build_badge
from playground.ui.tab_view import Services
from tests.fakes import FakeRegistry, FakeRunner, FakeStatus, services


def test_the_badge_counts_models_in_memory_and_runs_that_wait() -> None:
    busy = services(FakeRunner(queue=(1, 2, 3)))
    assert badge_html(busy, "en") == "cpu · 1 in memory, 5 MB · 3 waiting"


def test_megabytes_are_summed_over_the_models_in_memory_only() -> None:
    registry = FakeRegistry()
    registry.statuses["hub/calculator"] = FakeStatus(bytes_in_memory=56_000_000)
    assert "2 in memory, 61 MB" in badge_html(services(registry=registry), "en")


def test_the_badge_speaks_chinese() -> None:
    assert "waiting" not in badge_html(services(), "zh")


@dataclass
class Untouched:
    """A registry that must not be asked."""


def test_building_the_badge_asks_for_nothing() -> None:
    with gr.Blocks(analytics_enabled=False):
        badge = build_badge(Services(FakeRunner(), Untouched()))  # type: ignore[arg-type]
    assert not badge.value


def test_refreshing_does_not_wait_in_the_queue() -> None:
    with gr.Blocks(analytics_enabled=False) as page:
        build_badge(services())
    (refresh,) = page.fns.values()
    assert refresh.queue is False
    assert refresh.api_visibility == "private"
