"""Snippets: what is shown is what was written, and what is written is Python."""

from __future__ import annotations

import ast
import html
import re

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.ui.code_panel import client_snippet, code_component, code_panel, server_address

VALUES = st.one_of(
    st.text(),
    st.integers(),
    st.booleans(),
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.tuples(st.text()),
)


def shown(panel: str) -> list[str]:
    """The text of the panel's code blocks, as the copy button reads it."""
    return [html.unescape(re.sub(r"<[^>]*>", "", block)) for block in re.findall(r"<pre>(.*?)</pre>", panel, re.DOTALL)]


@given(st.text(), st.text())
def test_the_panel_shows_exactly_the_code(snippet: str, client: str) -> None:
    assert shown(code_panel(snippet, client, "en")) == [snippet, client]


@pytest.mark.parametrize(
    ("code", "marked"),
    [
        ("import torch", "<b>import</b> torch"),
        ("# if", "<em># if</em>"),
        ('x = "# if"', 'x = <q>"# if"</q>'),
        ("r'''a\nb'''", "<q>r'''a\nb'''</q>"),
        ("important", "important"),
    ],
)
def test_keywords_strings_and_comments_are_marked(code: str, marked: str) -> None:
    assert f"<pre>{marked}</pre>" in code_panel(code, "", "en")


@given(st.dictionaries(st.sampled_from(["prompt", "length", "decoders"]), VALUES))
def test_the_client_call_carries_every_value(values: dict[str, object]) -> None:
    tree = ast.parse(client_snippet("/decode", values, "http://127.0.0.1:7860"))
    call = next(n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "attr", "") == "predict")
    said = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    assert said == {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()} | {"api_name": "/decode"}


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({"host": "127.0.0.1:40123"}, "http://127.0.0.1:40123"),
        ({"host": "[::1]:7861"}, "http://[::1]:7861"),
        ({"host": "example.org", "x-forwarded-proto": "https"}, "https://example.org"),
        ({"host": 'evil"; import os'}, "http://127.0.0.1:7860"),
        ({}, "http://127.0.0.1:7860"),
    ],
)
def test_snippets_call_the_address_at_which_the_page_is_seen(headers: dict[str, str], address: str) -> None:
    assert server_address(gr.Request(headers=headers)) == address


def test_snippets_call_a_space_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "ann/whybox")
    assert server_address(gr.Request(headers={"host": "10.0.0.1"})) == "ann/whybox"


def test_the_buttons_speak_chinese() -> None:
    assert "复制" in code_panel("x", "y", "zh")


def test_the_component_can_copy() -> None:
    assert "clipboard" in (code_component(render=False).js_on_load or "")
