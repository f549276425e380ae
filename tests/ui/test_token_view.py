"""Coloured tokens: escaping, blanks, loops."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.ui.token_view import LOOP_SHOWN, TokenRow, details_html, row_card, token_span

ROW = TokenRow("greedy", ["the", " sea"], [0.1, 0.9], "stopped", "stopped", "2 tokens")


class Tags(HTMLParser):
    """Collects the tags and attribute names that a browser would see."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


@given(st.text(), st.text(), st.text())
def test_no_text_whatever_adds_a_tag_or_an_attribute(title: str, token: str, label: str) -> None:
    row = TokenRow(title, [token, token], [0.5], "loop", title, label, (0, 1), forced=1, label=label)
    seen = Tags(row_card(row))
    assert seen.tags <= {"article", "div", "h3", "span", "i"}
    assert seen.attributes <= {"class", "tabindex", "role", "aria-label"}


@given(st.recursive(st.text() | st.integers() | st.floats(allow_nan=False), st.lists))
def test_details_come_back_as_they_were_whatever_they_hold(data: object) -> None:
    kept = re.fullmatch(r'<template class="details">([^<]*)</template>', details_html(data))
    assert kept is not None
    assert json.loads(html.unescape(kept[1])) == data


@pytest.mark.parametrize("attack", ["<script>alert(1)</script>", '" onmouseover="x', "</i><img src=x onerror=x>"])
def test_an_attack_is_shown_as_it_was_written(attack: str) -> None:
    assert html.escape(attack, quote=False) in token_span(attack)


def test_a_leading_space_stays_outside_the_colour() -> None:
    assert token_span(" sea", 1.0) == ' <i class="w8">sea</i>'


def test_a_line_break_is_marked_and_breaks_the_line() -> None:
    assert token_span("\n\n") == "<i>↵↵</i>\n\n"


@pytest.mark.parametrize(("token", "shown"), [("", "∅"), (" ", "␣"), ("\t", "⇥"), ("\x00", "␀"), ("a  b", "a␣␣b")])
def test_invisible_text_becomes_visible(token: str, shown: str) -> None:
    assert token_span(token) == f"<i>{shown}</i>"


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_weight_has_one_of_nine_shades(weight: float) -> None:
    shade = re.search(r'class="w(\d)"', token_span("x", weight))
    assert shade is not None
    assert 0 <= int(shade[1]) <= 8


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_likelier_token_is_never_paler(first: float, second: float) -> None:
    low, high = sorted([first, second])
    assert token_span("x", low) <= token_span("x", high)


def test_a_card_says_who_how_and_how_much() -> None:
    card = row_card(ROW)
    assert '<span class="status stopped">stopped</span>' in card
    assert '<span class="meta">2 tokens</span>' in card
    assert "greedy" in card


def test_each_copy_of_a_loop_is_one_group() -> None:
    row = TokenRow("x", ["a", "b", "c", "b", "c"], [0.0] * 5, "loop", "", "", loop=(1, 2))
    assert row_card(row).count('class="copy"') == 2
    assert row_card(row).index("loop-region") > row_card(row).index(">a<")


def test_a_long_loop_is_cut_and_counted() -> None:
    card = row_card(replace(ROW, tokens=["very"] * 1500, weights=[0.9] * 1500, loop=(0, 1)))
    assert card.count("<i ") == LOOP_SHOWN
    assert "+1,476" in card


def test_weights_must_match_the_tokens() -> None:
    with pytest.raises(ValueError, match="shorter"):
        row_card(replace(ROW, weights=[0.1]))
