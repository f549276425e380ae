"""Links, files and configurations to take away."""

from __future__ import annotations

import base64

import pytest

from playground.runtime.links import decode
from playground.ui.share import configuration_value, file_value, link_value, read_configuration
from tests.fakes import CountRequest

REQUEST = CountRequest(text="plums & <pears>", length=12, loud=True)


class LongRequest(CountRequest):
    """A request that fits no link."""

    seed: int = 0
    text: str = "x"


def test_the_link_leads_back_to_the_request() -> None:
    value = link_value(REQUEST, "en")
    assert decode(value["query"], {"counting": CountRequest}).request == REQUEST
    assert value["url"] == ""


def test_on_a_space_the_link_leads_to_the_page_around_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "me/whybox")
    value = link_value(REQUEST, "en")
    assert value["url"] == f"https://huggingface.co/spaces/me/whybox?{value['query']}"


def test_a_view_too_long_for_a_link_offers_the_configuration() -> None:
    value = link_value(LongRequest(text="好" * 2000), "en")
    assert "query" not in value
    assert "configuration" in value["sentence"]


def test_a_configuration_comes_back_as_the_same_request() -> None:
    value = configuration_value(REQUEST)
    assert value is not None
    data = base64.b64decode(value["data"]).decode()
    assert read_configuration(data, CountRequest).request == REQUEST


@pytest.mark.parametrize("data", ["", "[]", "{", '{"tab": 3}', "\ud800", '{"tab": "decoding"}'])
def test_other_files_are_refused_in_words(data: str) -> None:
    link = read_configuration(data, CountRequest)
    assert link.request is None


def test_a_configuration_of_another_tab_says_where_it_belongs() -> None:
    (note,) = read_configuration('{"v": "1", "tab": "decoding"}', CountRequest).notes
    assert "another tab" in str(note)


def test_the_first_file_with_the_suffix_is_taken() -> None:
    files = {"a.json": b"{}", "a.csv": b"x\n", "b.csv": b"y\n"}
    assert file_value(files, ".csv") == {"name": "a.csv", "data": base64.b64encode(b"x\n").decode()}
    assert file_value(files, ".png") is None
