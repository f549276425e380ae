from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.nets.batching import length_buckets


@given(st.lists(st.integers(1, 50), max_size=30), st.integers(1, 200))
def test_buckets_hold_every_place_once_and_no_more_tokens_than_allowed(lengths: list[int], most: int) -> None:
    buckets = length_buckets(lengths, most)
    assert sorted(place for bucket in buckets for place in bucket) == list(range(len(lengths)))
    for bucket in buckets:
        assert len(bucket) == 1 or len(bucket) * max(lengths[place] for place in bucket) <= most
