"""Sentences with one wrong word: a whole word that is one token, replaced by one of another sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SHORTEST = 3  # letters of a word that is replaced, or replaces


@dataclass(frozen=True)
class WrongWord:
    """The ids of a sentence and of its copy, which differ at one place."""

    text: str
    ids: list[int]
    wrong: list[int]
    place: int


def with_wrong_words(texts: Sequence[str], tokenizer: Any, seed: int) -> Iterator[WrongWord]:
    """Each text that has a word to replace, and its copy; the same seed gives the same words."""
    rows: list[list[int]] = tokenizer(list(texts), verbose=False)["input_ids"]
    names = [tokenizer.convert_ids_to_tokens(row) for row in rows]
    pool = sorted({row[place] for row, of_row in zip(rows, names, strict=True) for place in whole_words(of_row)})
    for number, (text, row, of_row) in enumerate(zip(texts, rows, names, strict=True)):
        generator = np.random.default_rng([seed, number])
        places = whole_words(of_row)
        others = [id for id in pool if id not in row]
        if places and others:
            place = int(generator.choice(places))
            wrong = [*row[:place], int(generator.choice(others)), *row[place + 1 :]]
            yield WrongWord(text, row, wrong, place)


def whole_words(tokens: Sequence[str]) -> list[int]:
    """The places of words that are one token, of letters only and not short."""
    following = [*tokens[1:], ""]
    return [
        place
        for place, (token, after) in enumerate(zip(tokens, following, strict=True))
        if token.isalpha() and len(token) >= SHORTEST and not after.startswith("##")
    ]
