from typing import Any

import pytest
from pydantic import ValidationError

from playground.tabs.decoding import acts
from playground.tabs.decoding.request import DecodingRequest
from playground.ui.tab_view import Click, Draft

REQUEST = DecodingRequest(decoders=("greedy", "temperature-0.7+top-k-4", "repetition-1.2+nucleus-0.9"))


def act(request: DecodingRequest, data: dict[str, Any]) -> DecodingRequest | Draft:
    """What a click with this data asks for."""
    return acts.act(request, Click(data, controls=DecodingRequest))


def test_a_branch_is_added_behind_those_before_and_the_look_into_a_step_ends():
    first = act(REQUEST.with_(inspect="0:3"), {"act": "branch", "row": 1, "step": 5, "token": 7})
    second = act(first, {"act": "branch", "row": 0, "step": 9, "token": 2041})
    assert [str(branch) for branch in second.branch] == ["1:5:7", "0:9:2041"]
    assert second.inspect is None


def test_back_to_the_whole_takes_all_branches_back():
    assert act(REQUEST.with_(branch=("0:1:7",)), {"act": "whole"}) == REQUEST


def test_a_step_is_looked_into_and_closed_again():
    looking = act(REQUEST, {"act": "inspect", "row": 2, "step": 17})
    assert str(looking.inspect) == "2:17"
    assert act(looking, {"act": "close"}) == REQUEST


def test_two_parts_of_the_inspected_row_change_places():
    swap = {"act": "swap", "row": 1, "first": "temperature-0.7", "second": "top-k-4"}
    swapped = act(REQUEST.with_(inspect="1:17"), swap)
    assert swapped.decoders[1] == "top-k-4+temperature-0.7"
    assert str(swapped.inspect) == "1:17"


def test_a_swap_that_gives_a_row_which_is_there_already_looks_into_that_one():
    twins = DecodingRequest(decoders=("top-k-4+temperature-0.7", "greedy", "temperature-0.7+top-k-4"), inspect="2:4")
    swapped = act(twins, {"act": "swap", "row": 2, "first": "temperature-0.7", "second": "top-k-4"})
    assert swapped.decoders == ("top-k-4+temperature-0.7", "greedy")
    assert str(swapped.inspect) == "0:4"


def test_a_chat_goes_on_on_the_line_after_the_reply():
    draft = act(REQUEST.with_(prompt="你好\n", branch=("0:1:7",)), {"act": "reply", "text": "你好，\n请问去哪里？ "})
    assert isinstance(draft, Draft)
    assert draft.request.prompt == "你好\n你好， 请问去哪里？\n"
    assert draft.request.branch == ()


def test_only_the_view_can_be_changed_as_the_view():
    seen = act(REQUEST, {"act": "view", "field": "color", "value": "entropy"})
    assert seen.color == "entropy"
    assert seen.runs_like(REQUEST)
    with pytest.raises(ValueError, match="no field"):
        act(REQUEST, {"act": "view", "field": "length", "value": 3})


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"act": "explode"},
        {"act": []},
        {"act": "branch"},
        {"act": "branch", "row": 16, "step": 0, "token": 1},
        {"act": "branch", "row": 0, "step": "<b>", "token": 1},
        {"act": "inspect", "row": 0, "step": -1},
        {"act": "swap", "row": 9, "first": "greedy", "second": "greedy"},
        {"act": "swap", "row": 0, "first": "greedy", "second": "top-k-4"},
        {"act": "swap", "row": None, "first": "greedy", "second": "top-k-4"},
        {"act": "reply", "text": "x" * 30_000},
        {"act": "view", "field": "color", "value": "pink"},
    ],
)
def test_what_asks_for_nothing_possible_is_one_of_the_errors_that_the_page_puts_in_words(data):
    with pytest.raises((LookupError, TypeError, ValueError, ValidationError)):
        act(REQUEST, data)
