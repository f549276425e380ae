from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runtime.errors import InvalidRequest
from playground.tabs.decoding.request import SUGGESTED_DECODERS
from playground.tabs.decoding.strategies import Part, parse


@pytest.mark.parametrize("name", SUGGESTED_DECODERS)
def test_suggested_names_are_canonical(name):
    assert parse(name).name == name


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        (" Nucleus-0.20 ", "nucleus-0.2"),
        ("floor-1e-5", "floor-0.00001"),
        ("top-k-04", "top-k-4"),
        ("top-k-4 + floor-0.01", "floor-0.01+top-k-4"),
        ("repetition-1.2+greedy", "greedy+repetition-1.2"),
        ("dry-0.8-1.75-2", "dry-0.8"),
        ("dry-0.8-1.75-3", "dry-0.8-1.75-3"),
        ("diverse-beam-4-2-1", "diverse-beam-4-2"),
        ("st+st-0.010", "st-0.01+st"),
    ],
)
def test_a_name_is_canonical_whatever_its_spelling(written, canonical):
    assert parse(written).name == canonical
    assert parse(canonical) == parse(written)


@given(st.floats(0.001, 1))
def test_parsing_a_canonical_name_changes_nothing(mass):
    strategy = parse(f"nucleus-{mass:.9f}")
    assert parse(strategy.name) == strategy


@given(st.integers(1, 999), st.integers(-6, 2))
def test_numbers_in_exponent_form_have_a_canonical_name_that_reads_alike(mantissa, exponent):
    with suppress(InvalidRequest):
        strategy = parse(f"temperature-{mantissa}.123456789012e{exponent}")
        assert parse(strategy.name) == strategy


def test_parts_stand_in_the_order_in_which_they_act_with_their_numbers_complete():
    parts = (Part("dry", (0.8, 1.75, 2)), Part("min-p", (0.05,)), Part("temperature", (1.3,)))
    assert parse("dry-0.8+min-p-0.05+temperature-1.3").parts == parts
    assert parse("min-p-0.05+dry-0.8").parts == (Part("min-p", (0.05,)), Part("dry", (0.8, 1.75, 2)))
    assert parse("floor-0.1+greedy+top-k-3").chain == (Part("floor", (0.1,)), Part("top-k", (3,)))


@pytest.mark.parametrize(
    ("name", "selection", "width"),
    [
        ("floor-0.1", "greedy", 1),
        ("repetition-1.2", "greedy", 1),
        ("nmst", "greedy", 1),
        ("nmst+top-k-3", "sample", 1),
        ("top-k-3", "sample", 1),
        ("greedy+top-k-3", "greedy", 1),
        ("ancestral+repetition-1.2", "sample", 1),
        ("beam-4+no-repeat-3", "beam", 4),
        ("diverse-beam-6-3", "diverse-beam", 6),
        ("contrastive-5-0.6", "contrastive", 5),
    ],
)
def test_the_parts_say_how_the_token_is_chosen(name, selection, width):
    strategy = parse(name)
    assert (strategy.selection, strategy.width) == (selection, width)
    assert strategy.samples == (selection == "sample")


def test_st_is_the_trained_variant_without_a_number_and_a_bound_with_one():
    trained, laid_on = parse("st"), parse("st-0.01")
    assert (trained.termination, trained.floor, trained.bound) == ("st", 0, None)
    assert (laid_on.termination, laid_on.floor, laid_on.bound) == ("", 0.01, Part("st", (0.01,)))


def test_blanks_join_parts_as_plus_does_since_addresses_turn_one_into_the_other():
    assert parse("dry-0.8 min-p-0.05 + temperature-1.3") == parse("dry-0.8+min-p-0.05+temperature-1.3")


@pytest.mark.parametrize(
    "name",
    ["", "beam", "top-k", "nucleus-", "greedy-1", "st-1-1", "nucleus--1", "greedy+", "+", "xtc-0.1", "a++b"],
)
def test_unknown_names_are_answered_with_the_forms_there_are(name):
    with pytest.raises(InvalidRequest, match="consistent-nucleus"):
        parse(name)


@pytest.mark.parametrize("name", ["top-k-0", "nucleus-0", "nucleus-1.1", "floor-0.9", "temperature-1e99", "beam-17"])
def test_numbers_out_of_bounds_are_answered_with_the_bounds(name):
    with pytest.raises(InvalidRequest, match="must be between"):
        parse(name)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("top-k-2.5", "whole number"),
        ("greedy+beam-2", "greedy and beam-2 both choose"),
        ("st+ancestral", "both choose"),
        ("floor-0.1+st-0.1", "both bound"),
        ("top-k-4+top-k-2", "top-k stands twice"),
        ("beam-4+temperature-2", "leave one of them out"),
        ("contrastive-4-0.6+xtc-0.1-0.5", "leave one of them out"),
        ("diverse-beam-4-3", "divisor of 4"),
        ("+".join(["greedy"] * 9), "at most 8 parts"),
        ("top-k-4+" + "0" * 80, "80 characters"),
    ],
)
def test_parts_that_do_not_go_together_are_answered_with_what_to_change(name, sentence):
    with pytest.raises(InvalidRequest, match=sentence):
        parse(name)


@given(st.text(st.sampled_from("abcdeghklmnoprstuxy-+.0123456789"), max_size=90) | st.text(max_size=60))
def test_any_text_is_a_strategy_or_a_sentence(text):
    with suppress(InvalidRequest):
        assert parse(parse(text).name) == parse(text)
