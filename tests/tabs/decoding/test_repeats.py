from hypothesis import given
from hypothesis import strategies as st

from playground.tabs.decoding.repeats import LONGEST, SHORTEST, repeated_lengths


def naive(tokens):
    lengths = [0] * len(tokens)
    for n in range(SHORTEST, LONGEST + 1):
        for start in range(len(tokens) - n + 1):
            gram = tokens[start : start + n]
            if any(tokens[earlier : earlier + n] == gram for earlier in range(start)):
                lengths[start : start + n] = [n] * n
    return lengths


@given(st.lists(st.integers(0, 2), max_size=30))
def test_every_token_has_the_longest_n_gram_around_it_that_occurred_before(tokens):
    assert repeated_lengths(tokens) == naive(tokens)
