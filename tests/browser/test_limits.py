"""A text box stops at its bound and says so."""

from __future__ import annotations

import gradio as gr
from playwright.sync_api import expect

from playground.ui.controls import controls_for, limit_script
from playground.ui.theme import head
from tests.browser.conftest import OpenPage, Serve
from tests.sample_request import SampleRequest


def served(serve: Serve) -> str:
    with gr.Blocks() as demo:
        controls_for(SampleRequest)
    return serve(demo, head=head() + limit_script())


def test_a_full_text_box_says_so_until_it_has_room(serve: Serve, open_page: OpenPage) -> None:
    page = open_page(served(serve))
    prompt = page.get_by_label("Prompt")
    prompt.fill("")
    prompt.press_sequentially("x" * 101)
    expect(prompt).to_have_value("x" * 100)
    sentence = page.get_by_text("At most 100 characters.")
    expect(sentence).to_be_visible()
    prompt.press("Backspace")
    expect(sentence).to_have_count(0)


def test_a_full_text_box_that_a_file_may_replace_offers_the_upload(serve: Serve, open_page: OpenPage) -> None:
    page = open_page(served(serve))
    table = page.get_by_label("Table")
    table.press_sequentially("x" * 50)
    expect(page.get_by_text("Longer than 50 characters: upload it as a file.")).to_be_visible()


def test_the_sentence_follows_the_language(serve: Serve, open_page: OpenPage) -> None:
    page = open_page(served(serve) + "?lang=zh")
    page.locator(".uploadable-text textarea").press_sequentially("x" * 50)
    expect(page.locator(".limit-reached")).to_contain_text("50")
    expect(page.locator(".limit-reached")).not_to_contain_text("upload")
