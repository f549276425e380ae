from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.few_shot.splits import k_per_class
from playground.tabs.prompting.tasks import Example

LABELS = ("a", "b", "c")
EXAMPLES = tuple(Example(f"text {number}", LABELS[number % 3]) for number in range(30))


@given(k=st.integers(1, 10), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_has_k_of_every_label_and_loses_nothing(k: int, seed: int) -> None:
    chosen, rest = k_per_class(EXAMPLES, LABELS, k, seed)
    assert Counter(example.label for example in chosen) == dict.fromkeys(LABELS, k)
    assert Counter(chosen + rest) == Counter(EXAMPLES)


@given(k=st.integers(1, 9), seed=st.integers(0, 100))
@settings(max_examples=20)
def test_a_larger_k_holds_a_smaller_one(k: int, seed: int) -> None:
    smaller, larger = (k_per_class(EXAMPLES, LABELS, own, seed)[0] for own in (k, k + 1))
    assert larger[: len(smaller)] == smaller


def test_seeds_differ() -> None:
    assert k_per_class(EXAMPLES, LABELS, 3, 0) != k_per_class(EXAMPLES, LABELS, 3, 1)


def test_more_than_there_are_is_refused_by_name() -> None:
    with pytest.raises(InvalidRequest, match=r"“a” has 10 examples, fewer than 11"):
        k_per_class(EXAMPLES, LABELS, 11, 0)


def test_a_label_without_examples_is_refused_by_name() -> None:
    with pytest.raises(InvalidRequest, match="“d” has no examples"):
        k_per_class(EXAMPLES, (*LABELS, "d"), 1, 0)
