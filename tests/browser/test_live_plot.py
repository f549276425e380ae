"""LivePlot in a real browser: no growth, zoom kept, colours of the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest
from playwright.sync_api import CDPSession, Page

from playground.ui.live_plot import LivePlot

DRAWN = ".live-plot .main-svg"
UPDATES = 300


def figure(step: int) -> dict[str, Any]:
    trace = {"y": [(i * step) % 17 for i in range(100)], "name": "ST", "line": {"color": "var(--loop)"}}
    return {"data": [trace], "layout": {"xaxis": {"title": {"text": f"step {step}"}}, "meta": {"title": "p(<eos>)"}}}


def stream(updates: int) -> Iterator[dict[str, Any]]:
    for step in range(1, updates + 1):
        yield figure(step)


@pytest.fixture
def app() -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as demo:
        plot = LivePlot(figure(1))
        updates = gr.Number(UPDATES, elem_id="updates")
        gr.Button("Run", elem_id="run").click(stream, updates, plot, show_progress="hidden")
    return demo


@pytest.fixture
def page(app: gr.Blocks, serve: Any, open_page: Any) -> Page:
    page: Page = open_page(serve(app), viewport={"width": 900, "height": 700})
    page.wait_for_selector(DRAWN)
    return page


def run(page: Page, updates: int = UPDATES) -> None:
    page.fill("#updates input", str(updates))
    page.click("#run")
    page.wait_for_selector(f'.live-plot .xtitle:text-is("step {updates}")', timeout=60_000)


def measure(session: CDPSession) -> tuple[float, float]:
    """DOM nodes and heap bytes in use after a garbage collection."""
    session.send("HeapProfiler.collectGarbage")
    metrics = {entry["name"]: entry["value"] for entry in session.send("Performance.getMetrics")["metrics"]}
    return metrics["Nodes"], metrics["JSHeapUsedSize"]


def test_three_hundred_updates_grow_neither_the_page_nor_the_heap(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    run(page, UPDATES + 1)  # until compiled code and caches have their size
    nodes, heap = measure(session)
    run(page)
    more_nodes, more_heap = measure(session)
    assert more_nodes < nodes + UPDATES / 2  # a new chart at each update would add hundreds of them
    assert more_heap <= heap + 2**20


def test_updates_keep_the_node_and_the_zoom(page: Page) -> None:
    page.evaluate("window.before = document.querySelector('.live-plot')")
    page.evaluate("Plotly.relayout(window.before, {'xaxis.range[0]': 10, 'xaxis.range[1]': 20})")
    run(page, 5)
    assert page.evaluate("document.querySelector('.live-plot') === window.before")
    assert page.evaluate("window.before.layout.xaxis.range") == [10, 20]


def test_colours_follow_the_page_into_the_dark(page: Page) -> None:
    drawn = "document.querySelector('.live-plot').data[0].line.color"
    assert page.evaluate(drawn) == "#c2410c"
    page.evaluate("document.body.classList.add('dark')")
    page.wait_for_function(f"{drawn} === '#f08a5d'")
    background = "getComputedStyle(document.querySelector('.live-plot .main-svg')).backgroundColor"
    assert page.evaluate(background) == "rgba(0, 0, 0, 0)"


def test_a_narrow_window_has_a_narrow_plot(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    page.wait_for_function("document.querySelector('.live-plot .main-svg').clientWidth < 390")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_title_stands_above_the_plot_as_text(page: Page) -> None:
    assert page.inner_text(".card-title") == "p(<eos>)"
    assert page.get_attribute(".live-plot", "aria-label") == "p(<eos>)"
