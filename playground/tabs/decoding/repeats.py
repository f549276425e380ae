"""Where a text repeats itself: tokens inside n-grams that occurred before."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

SHORTEST = 2  # tokens of an n-gram that counts as a repeat
LONGEST = 8  # and of the longest that is told apart


def repeated_lengths(tokens: Sequence[Hashable]) -> list[int]:
    """For every token the length of the longest n-gram around it that began earlier in the text too.

    n runs from 2 to 8; copies may overlap; 0 where no n-gram around the token occurred before.

    >>> repeated_lengths("abcabcd")
    [0, 0, 0, 3, 3, 3, 0]
    """
    lengths = [0] * len(tokens)
    for n in range(SHORTEST, LONGEST + 1):
        seen: set[tuple[Hashable, ...]] = set()
        repeats = False
        for start in range(len(tokens) - n + 1):
            gram = tuple(tokens[start : start + n])
            if gram in seen:
                lengths[start : start + n] = [n] * n
                repeats = True
            seen.add(gram)
        if not repeats:
            break  # nor does any longer one occur twice
    return lengths
