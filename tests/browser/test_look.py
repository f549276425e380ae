"""The shared components in a real browser: language, claims, copying, phone."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest
from playwright.sync_api import Page

from playground.ui.claims import Bilingual, Claim, Source, claims_panel
from playground.ui.code_panel import code_component, code_panel
from playground.ui.methods import home_cards, render_index
from playground.ui.translations import label, language_of, translate

CLAIM = Claim(
    id="greedy",
    claim=Bilingual(en="greedy", zh="贪心"),
    source=Source(title="a paper", url="https://arxiv.org/abs/2002.02492"),
    published="0",
    measurable=True,
)


def said(event: gr.EventData) -> str:
    return f"asked for {event.claim}"


def spoken(request: gr.Request) -> str:
    return translate(language_of(request), "not here yet")


@pytest.fixture
def app() -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as demo, gr.Tabs(elem_classes="site-tabs"):
        with gr.Tab(label("Home")):
            table = claims_panel((CLAIM,), elem_classes="card")
            answer = gr.Textbox(label=label("Prompt"), elem_id="answer")
            table.click(said, None, answer)
            code_component(code_panel("print('<why>')", "pass", "en"))
            gr.Button(label("Run"), elem_id="run").click(spoken, None, answer)
        with gr.Tab(label("Models")):
            gr.HTML(home_cards("en", {}, {}) + render_index("en"), apply_default_css=False)
    return demo


@pytest.fixture
def url(app: gr.Blocks, serve: Any) -> str:
    return str(serve(app))


def tabs(page: Page) -> list[str]:
    page.wait_for_selector("#run")
    return page.locator(".tab-container:not(.visually-hidden) button[role=tab]").all_inner_texts()


@pytest.mark.parametrize(("browser", "query"), [("en-US", "?lang=zh"), ("zh-TW", ""), ("zh-CN", "?lang=zh")])
def test_chinese_is_shown_where_it_is_asked_for_or_preferred(
    url: str, open_page: Any, browser: str, query: str
) -> None:
    page = open_page(url + query, locale=browser)
    assert tabs(page) == ["首页", "模型"]
    assert page.get_attribute("html", "lang") == "zh-CN"
    page.click("#run")
    page.wait_for_function("document.querySelector('#answer textarea, #answer input').value === '尚未加入'")


@pytest.mark.parametrize(("browser", "query"), [("zh-CN", "?lang=en"), ("de-DE", ""), ("en-GB", "")])
def test_english_is_shown_otherwise(url: str, open_page: Any, browser: str, query: str) -> None:
    page = open_page(url + query, locale=browser)
    assert tabs(page) == ["Home", "Models"]
    page.click("#run")
    page.wait_for_function("document.querySelector('#answer textarea, #answer input').value === 'not here yet'")


def test_measure_again_says_which_claim(url: str, open_page: Any) -> None:
    page = open_page(url)
    page.click("[data-claim]")
    page.wait_for_function("document.querySelector('#answer textarea, #answer input').value === 'asked for greedy'")


def test_the_copy_button_copies_the_code(url: str, open_page: Any) -> None:
    page = open_page(url, permissions=["clipboard-read", "clipboard-write"])
    page.click(".copy-button >> nth=0")
    page.wait_for_selector(".copy-button:text-is('Copied')")
    assert page.evaluate("navigator.clipboard.readText()") == "print('<why>')"


def test_a_phone_never_scrolls_sideways(url: str, open_page: Any) -> None:
    page = open_page(url, viewport={"width": 390, "height": 844})
    for tab in range(2):
        page.click(f".tab-container:not(.visually-hidden) button[role=tab] >> nth={tab}")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
