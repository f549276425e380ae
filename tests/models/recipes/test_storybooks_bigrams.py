from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.recipes.storybooks_bigrams import KEPT, RESULT, count_bigrams, count_repeated_sentences

ROWS = st.lists(st.lists(st.integers(3, 12), max_size=20), max_size=8)


@given(ROWS, st.integers(1, 12))
def test_counts_are_those_of_neighbouring_kept_tokens(rows, kept):
    tokens, starts, counts = count_bigrams(rows, kept)
    pairs = Counter(pair for row in rows for pair in pairwise([*row, "eos"]))
    assert counts == [[pairs[one, other] for other in [*tokens, "eos"]] for one in tokens]
    assert starts == [sum(row[:1] == [token] for row in rows) for token in tokens]


@given(ROWS, st.integers(1, 12))
def test_the_most_frequent_tokens_are_kept(rows, kept):
    frequency = Counter(token for row in rows for token in row)
    tokens, _, _ = count_bigrams(rows, kept)
    assert len(tokens) == min(kept, len(frequency))
    assert [frequency[token] for token in tokens] == sorted(frequency.values(), reverse=True)[:kept]


@pytest.mark.parametrize(
    ("line", "following", "repeated"),
    [
        ("He went. He came.", 1, 0),
        ("Hark! Hark! Who is there?", 2, 1),
        ('"Hark!" "Hark!" he said.', 2, 1),
        ("One. . . . Two.", 1, 0),
        ("", 0, 0),
    ],
)
def test_a_sentence_is_repeated_where_it_copies_the_one_before(line, following, repeated):
    assert count_repeated_sentences([line]) == {"following": following, "repeated": repeated}


def test_the_shipped_counts_have_the_shape_that_is_told():
    table = json.loads(RESULT.read_text(encoding="utf-8"))
    assert len(table["texts"]) == len(table["starts"]) == len(table["counts"]) == KEPT
    assert {len(row) for row in table["counts"]} == {KEPT + 1}
