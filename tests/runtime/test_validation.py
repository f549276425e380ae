"""Sentences for everything that a request may be refused for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runtime.errors import InvalidRequest
from playground.runtime.validation import clip, validate
from tests.sample_request import SampleRequest

SENTENCES: list[tuple[dict[str, Any], str]] = [
    ({"length": 0}, "Length limit must be between 1 and 1,500: change it and run again."),
    ({"length": 10**30}, "Length limit must be between 1 and 1,500: change it and run again."),
    ({"length": 2.7}, "Length limit must be a whole number: change it and run again."),
    ({"length": None}, "Length limit must be a whole number: change it and run again."),
    ({"length": "many"}, "Length limit must be a whole number: change it and run again."),
    ({"rate": "x"}, "Rate must be a number: change it and run again."),
    ({"rate": float("nan")}, "Rate must be a number: change it and run again."),
    ({"top": float("inf")}, "Top must be a number: change it and run again."),
    ({"seed": -1}, "Seed must be 0 or more: change it and run again."),
    ({"prompt": 3}, "Prompt must be plain text: change it and run again."),
    ({"prompt": "\ud800"}, "Prompt must be plain text: change it and run again."),
    ({"prompt": "x" * 101}, "Prompt may have at most 100 characters: shorten it and run again."),
    ({"table": "x" * 51}, "Table is longer than 50 characters: upload it as a file."),
    ({"decoders": ("x",) * 5}, "Decoders may have at most 4 entries: remove some and run again."),
    ({"decoders": "greedy"}, "Decoders must be a list: change it and run again."),
    ({"decoders": ("x" * 21,)}, "Decoders 1 cannot be used as it is: change it and run again."),
    ({"size": "huge"}, "Size must be one of small, large: choose one and run again."),
    ({"marks": ["loops", "x"]}, "Marks 2 must be one of loops, bounds: choose one and run again."),
    ({"stop": "maybe"}, "Stop loops must be on or off: change it and run again."),
    ({"span": (3, 1)}, "Span must start before it ends: swap the two numbers."),
    ({"variants": [{"predictor": "mlp"}]}, "Variants 1, Name is missing: fill it in and run again."),
    ({"variants": [{"name": "A", "optimizer": {"rate": 11}}]},
     "Variants 1, optimizer, Rate must be between 0 and 10: change it and run again."),
    ({"hidden": 1}, 'There is no field named "hidden" here: leave it out and run again.'),
]  # fmt: skip


@pytest.mark.parametrize(("values", "sentence"), SENTENCES)
def test_a_refusal_names_the_field_its_bound_and_what_to_do(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        validate(SampleRequest, values)
    assert str(refusal.value) == sentence


def test_good_values_make_a_request() -> None:
    assert validate(SampleRequest, {"length": 9, "marks": ["loops"]}) == SampleRequest(length=9, marks=("loops",))


def test_long_names_are_clipped() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        validate(SampleRequest, {"x" * 500: 1})
    assert len(str(refusal.value)) < 160
    assert clip("x" * 500) == "x" * 79 + "…"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just("z" * 200),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(list(SampleRequest.model_fields)), anything, max_size=3))
def test_whatever_is_refused_is_refused_in_our_words(values: dict[str, Any]) -> None:
    try:
        validate(SampleRequest, values)
    except InvalidRequest as refusal:
        sentence = str(refusal)
        assert sentence.endswith(".")
        assert "pydantic" not in sentence
        assert "Input should" not in sentence
        assert "z" * 100 not in sentence
