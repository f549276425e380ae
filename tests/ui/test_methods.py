"""The index: forty methods, each with its post, in a tab that exists."""

from __future__ import annotations

import datetime
import re
from collections import Counter

import pytest
from pydantic import ValidationError

from playground.ui.methods import Method, home_cards, index, render_index

METHODS = index().methods


def test_all_forty_methods_stand_once() -> None:
    assert sorted(method.number for method in METHODS) == list(range(1, 41))


def test_the_tabs_are_the_ten_questions() -> None:
    tabs = "decoding prompting sampling collapse matching optim losses scale mixers structure"
    assert [tab.key for tab in index().tabs] == tabs.split()


def test_methods_of_a_tab_stand_together_and_in_the_order_of_the_tabs() -> None:
    order = [tab.key for tab in index().tabs]
    positions = [order.index(method.tab) for method in METHODS]
    assert positions == sorted(positions)


def test_only_tabs_that_are_here_show_methods() -> None:
    here = {tab.key for tab in index().tabs if tab.state == "here"}
    assert {method.tab for method in METHODS if method.here} == here


def test_a_post_is_shared_only_by_the_three_tasks_of_one_contest() -> None:
    assert {post: n for post, n in Counter(method.post for method in METHODS).items() if n > 1} == {7321: 3}


def test_posts_are_dated_within_the_listings() -> None:
    dates = [method.date for method in METHODS if method.date]
    assert len(dates) == 39
    assert all(datetime.date(2020, 3, 1) <= date <= datetime.date(2022, 3, 31) for date in dates)


def test_later_posts_have_higher_numbers() -> None:
    dated = sorted((method.post, method.date) for method in METHODS if method.date)
    assert [date for _, date in dated] == sorted(date for _, date in dated)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_index_lists_every_method_with_its_links(language: str) -> None:
    html = render_index(language)
    for method in METHODS:
        assert method.title.said_in(language) in html
        assert method.post_url in html
        assert method.paper_url is None or method.paper_url in html


def test_what_no_tab_shows_is_said_not_to_be_here() -> None:
    assert render_index("en").count("not here yet") == sum(not method.here for method in METHODS)


def test_a_card_has_its_picture_its_number_and_its_address() -> None:
    html = home_cards("en", {"decoding": "<svg></svg>"}, {"decoding": "3.7 % never stop"})
    assert 'href="?tab=decoding&amp;lang=en"' in html
    assert "<svg></svg>" in html
    assert "Decoding · 3.7 % never stop" in html


def test_tabs_that_are_coming_have_a_card_without_a_link() -> None:
    html = home_cards("zh", {}, {})
    here = sum(tab.state == "here" for tab in index().tabs)
    assert len(re.findall("<a ", html)) == here
    assert html.count("尚未加入") == len(index().tabs) - here


def test_a_paper_is_an_arxiv_number() -> None:
    with pytest.raises(ValidationError):
        Method.model_validate(METHODS[0].model_dump() | {"paper": "https://example.org"})
