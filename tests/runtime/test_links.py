"""Links: every request survives request -> link -> request, and every query string gives a view."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime.errors import LinkTooLong
from playground.runtime.links import Link, decode, encode, from_configuration, link_url, to_configuration
from tests.sample_request import Change, Optimizer, SampleRequest, Upload, Variant
from tests.strategies import HOSTILE_TEXTS, requests_of

REQUESTS = {"sample": SampleRequest}
KEYS = ["v", "tab", "missing", "lang", *SampleRequest.model_fields]
PATHS = ["variants.0.name", "variants.1.optimizer.rate", "variants.999999.name", "schedule.0", "schedule.3.step", "x.y"]
hostile = st.sampled_from(HOSTILE_TEXTS) | st.text(max_size=30) | st.sampled_from(["-1", "1e400", "[[[", "1" * 5000])


def linked(request: SampleRequest) -> SampleRequest:
    """What stays of a request in a link."""
    return request.with_(table="", upload=None)


def read(query: str) -> SampleRequest:
    """The request of a link that must be one."""
    link = decode(f"tab=sample&{query}", REQUESTS)
    assert isinstance(link.request, SampleRequest)
    return link.request


@given(requests_of(SampleRequest))
def test_a_request_survives_its_link(request: SampleRequest) -> None:
    link = decode(encode(request), REQUESTS)
    assert link.request == linked(request)
    assert link.tab == "sample"


@given(requests_of(SampleRequest))
def test_a_request_survives_its_configuration_file_with_its_private_fields(request: SampleRequest) -> None:
    assert from_configuration(to_configuration(request), REQUESTS).request == request.with_(upload=None)


@given(st.text())
def test_any_text_is_a_link(query: str) -> None:
    assert isinstance(decode(query, REQUESTS), Link)


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(KEYS + PATHS) | st.text(max_size=9), hostile, max_size=8))
def test_any_values_of_known_fields_give_a_view(values: dict[str, str]) -> None:
    link = decode(values | {"tab": "sample"}, REQUESTS)
    assert isinstance(link.request, SampleRequest)


@given(st.binary())
def test_any_file_is_a_configuration_or_a_note(data: bytes) -> None:
    assert from_configuration(data, REQUESTS).request is None


@given(requests_of(SampleRequest), st.data())
def test_a_link_cut_anywhere_gives_a_view(request: SampleRequest, data: st.DataObject) -> None:
    query = encode(request)
    cut = data.draw(st.integers(0, len(query)))
    assert isinstance(decode(query[:cut], REQUESTS), Link)


def test_defaults_are_left_out() -> None:
    assert encode(SampleRequest()) == "v=2&tab=sample"


def test_numbers_switches_and_lists_are_short() -> None:
    request = SampleRequest(length=12, rate=0.7, top=1e22, stop=True, decoders=("greedy", "a,b"), seed=None)
    assert encode(request) == ("v=2&tab=sample&decoders=greedy,a%5C,b&length=12&rate=0.7&top=1e22&seed=none&stop=on")


def test_nested_parts_have_dotted_paths() -> None:
    variants = (Variant(name="A"), Variant(name="B", predictor="none", optimizer=Optimizer(rate=2.0)))
    assert encode(SampleRequest(variants=variants)) == "v=2&tab=sample&variants.1.optimizer.rate=2"


def test_a_shorter_tuple_of_parts_says_its_length() -> None:
    assert encode(SampleRequest(variants=())) == "v=2&tab=sample&variants=0"
    assert read("variants=0").variants == ()


def test_a_part_may_stand_in_one_text() -> None:
    request = SampleRequest(schedule=(Change(step=120, name="stop_gradient", on=False),))
    assert encode(request) == "v=2&tab=sample&schedule.0=120:stop_gradient%3Doff"
    assert read("schedule.0=120:stop_gradient=off") == request


def test_one_bad_value_costs_only_itself_and_is_named() -> None:
    link = decode("tab=sample&length=99999&rate=0.25&variants.1.predictor=magic&variants.0.name=Z", REQUESTS)
    assert link.request == SampleRequest(rate=0.25, variants=(Variant(name="Z"), Variant(name="B", predictor="none")))
    assert [str(note) for note in link.notes] == [
        "Length limit: the link's value cannot be used, the usual one is shown instead.",
        "Variants: the link's value cannot be used, the usual one is shown instead.",
    ]


def test_values_that_do_not_fit_together_fall_back() -> None:
    link = decode("tab=sample&length=7&span=9,3", REQUESTS)
    assert link.request == SampleRequest(length=7)
    assert link.notes[0].values == {"field": "Span"}


def test_many_bad_values_fall_back_in_bounded_work() -> None:
    query = "tab=sample&" + "&".join(f"variants.{i}.name=n" for i in range(999)) + "&span=9,3"
    assert decode(query, REQUESTS).request == SampleRequest()


def test_unknown_parameters_are_ignored() -> None:
    assert decode("tab=sample&lang=zh&__theme=dark&k=9&length.x=3", REQUESTS) == Link("sample", SampleRequest())


def test_no_tab_is_the_home_page() -> None:
    assert decode("lang=zh", REQUESTS) == Link(None, None)


def test_an_unknown_tab_is_the_home_page_with_a_note() -> None:
    link = decode("tab=" + "x" * 500, REQUESTS)
    assert link.request is None
    assert len(str(link.notes[0])) < 200


def test_the_last_of_duplicate_keys_counts() -> None:
    assert read("length=1&length=2").length == 2


def test_a_link_of_the_first_version_opens_with_its_own_defaults() -> None:
    assert read("v=1").length == 64
    assert read("v=1&tokens=9").length == 9


@pytest.mark.parametrize("version", ["0", "-1", "x", "", "1.5"])
def test_a_link_without_a_sound_version_is_read_as_todays(version: str) -> None:
    assert decode(f"tab=sample&v={version}&length=9", REQUESTS) == Link("sample", SampleRequest(length=9))


def test_a_link_from_the_future_says_so() -> None:
    link = decode("tab=sample&v=99&length=9", REQUESTS)
    assert link.request == SampleRequest(length=9)
    assert "newer version" in str(link.notes[0])


def test_files_and_private_fields_stay_out_and_are_named() -> None:
    request = SampleRequest(table="secret", upload=Upload(name="private.csv", size=3), length=9)
    query = encode(request)
    assert query == "v=2&tab=sample&length=9&missing=table,upload"
    link = decode(query, REQUESTS)
    assert link.request == SampleRequest(length=9)
    assert [note.values["field"] for note in link.notes] == ["Table", "Sentences"]


def test_a_file_cannot_be_named_by_a_link() -> None:
    assert read("upload=x&upload.name=/etc/passwd&upload.size=1").upload is None


def test_the_link_keeps_the_address_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACE_ID", raising=False)
    url = link_url(SampleRequest(length=9), "http://127.0.0.1:7860/?tab=old#part")
    assert url == "http://127.0.0.1:7860/?v=2&tab=sample&length=9"


def test_on_a_space_the_link_leads_to_the_page_around_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "someone/whybox")
    url = link_url(SampleRequest(length=9), "http://127.0.0.1:7860/")
    assert url == "https://huggingface.co/spaces/someone/whybox?v=2&tab=sample&length=9"


def test_too_long_a_link_offers_the_configuration_file() -> None:
    request = SampleRequest.model_construct(**dict(SampleRequest()) | {"prompt": "x" * 6_000})
    with pytest.raises(LinkTooLong, match="configuration file"):
        link_url(request, "http://127.0.0.1:7860/")


def test_a_configuration_file_is_readable_json() -> None:
    assert json.loads(to_configuration(SampleRequest(prompt="Où, 哪里"))) == {
        "v": "2",
        "tab": "sample",
        "prompt": "Où, 哪里",
    }


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"tab": 3}', b"\xff", b"[" * 100_000])
def test_a_file_of_another_kind_is_no_configuration(data: bytes) -> None:
    assert "not a Whybox configuration" in str(from_configuration(data, REQUESTS).notes[0])
