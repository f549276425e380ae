from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runtime.errors import InvalidRequest
from playground.tabs.decoding.request import SUGGESTED_DECODERS
from playground.tabs.decoding.strategies import parse


@pytest.mark.parametrize("name", SUGGESTED_DECODERS)
def test_suggested_names_are_canonical(name):
    assert parse(name).name == name


def test_a_name_is_canonical_whatever_its_spelling():
    assert parse(" Nucleus-0.20 ").name == "nucleus-0.2"
    assert parse("floor-1e-5").name == "floor-0.00001"
    assert parse("top-k-04").name == "top-k-4"


@given(st.floats(0.001, 1))
def test_parsing_a_canonical_name_changes_nothing(mass):
    strategy = parse(f"nucleus-{mass:.9f}")
    assert parse(strategy.name) == strategy


def test_names_set_what_the_row_does():
    assert (parse("consistent-top-k-4").k, parse("consistent-top-k-4").keeps_eos) == (4, True)
    assert (parse("nucleus-0.2").mass, parse("nucleus-0.2").keeps_eos) == (0.2, False)
    assert (parse("temperature-0.7").temperature, parse("temperature-0.7").samples) == (0.7, True)
    assert (parse("floor-0.001").floor, parse("floor-0.001").samples) == (0.001, False)
    assert parse("nmst").termination == "nmst"


@pytest.mark.parametrize("name", ["", "beam-4", "top-k", "top-k-2.5", "nucleus-", "greedy-1", "st-1", "nucleus--1"])
def test_unknown_names_are_answered_with_the_forms_there_are(name):
    with pytest.raises(InvalidRequest, match="consistent-nucleus"):
        parse(name)


@pytest.mark.parametrize("name", ["top-k-0", "nucleus-0", "nucleus-1.1", "floor-0.9", "temperature-1e99"])
def test_numbers_out_of_bounds_are_answered_with_the_bounds(name):
    with pytest.raises(InvalidRequest, match="must be between"):
        parse(name)


@given(st.text(max_size=60))
def test_any_text_is_a_strategy_or_a_sentence(text):
    with suppress(InvalidRequest):
        assert parse(parse(text).name).name == parse(text).name
