"""Verbalizers: which words stand for which label, and the one token that each word must be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.runtime.errors import InvalidRequest

MOST_LABELS = 100
LABEL_END, WORD_END = re.compile("[:：]"), re.compile("[,，、]")

EMPTY = "There are no label words. Write one label a line, like “positive: great, good”."
ONE_LABEL = "There is only one label, “{label}”. Write at least two, one a line."
NO_COLON = "The line “{line}” has no colon. Write a label, a colon and its words, like “positive: great, good”."
NO_LABEL = "The line “{line}” has no label before the colon."
NO_WORDS = "The label “{label}” has no words. Write some after the colon, like “positive: great, good”."
LABEL_TWICE = "The label “{label}” stands on two lines: put its words on one."
WORD_TWICE = "The word “{word}” stands for two labels, “{first}” and “{second}”: keep it for one."
TOO_MANY = "There are {count} labels; at most {most} are possible."
NOT_ONE_TOKEN = "The word “{word}” is {count} tokens to this model ({pieces}): choose a word that is one."
UNKNOWN = "This model does not know the word “{word}”: choose another one."


@dataclass(frozen=True)
class Verbalizer:
    """The words of every label, in the order in which they were written."""

    words: Mapping[str, tuple[str, ...]]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in order."""
        return tuple(self.words)


def parse_verbalizer(text: str) -> Verbalizer:
    """The verbalizer that somebody wrote, one line a label: ``positive: great, good``.

    Raises:
        InvalidRequest: a label without words, one word for two labels, fewer than two labels or too many, no colon.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise InvalidRequest(EMPTY)
    if len(lines) > MOST_LABELS:
        raise InvalidRequest(TOO_MANY, count=len(lines), most=MOST_LABELS)
    words: dict[str, tuple[str, ...]] = {}
    for line in lines:
        label, of_label = _read_line(line)
        if label in words:
            raise InvalidRequest(LABEL_TWICE, label=label)
        words[label] = of_label
    if len(words) == 1:
        raise InvalidRequest(ONE_LABEL, label=next(iter(words)))
    _check_apart(words, {word: word for of_label in words.values() for word in of_label})
    return Verbalizer(words)


def pieces(word: str, tokenizer: Any) -> tuple[str, ...]:
    """The word pieces of a word as it stands inside a sentence."""
    # Byte-level tokenizers write the space before a word into its first token.
    return tuple(tokenizer.tokenize(f" {word}"))


def label_ids(verbalizer: Verbalizer, tokenizer: Any) -> tuple[tuple[int, ...], ...]:
    """The token ids of every label's words.

    Raises:
        InvalidRequest: a word that is not one token, or unknown, or the same token as another label's.
    """
    ids = {word: _only_id(word, tokenizer) for words in verbalizer.words.values() for word in words}
    _check_apart(verbalizer.words, ids)
    return tuple(tuple(ids[word] for word in words) for words in verbalizer.words.values())


def _read_line(line: str) -> tuple[str, tuple[str, ...]]:
    label, *rest = (part.strip() for part in LABEL_END.split(line, maxsplit=1))
    if not rest:
        raise InvalidRequest(NO_COLON, line=line)
    if not label:
        raise InvalidRequest(NO_LABEL, line=line)
    words = tuple(dict.fromkeys(word.strip() for word in WORD_END.split(rest[0]) if word.strip()))
    if not words:
        raise InvalidRequest(NO_WORDS, label=label)
    return label, words


def _check_apart(words: Mapping[str, tuple[str, ...]], identities: Mapping[str, object]) -> None:
    """Refuse two labels with words of the same identity."""
    owner: dict[object, str] = {}
    for label, of_label in words.items():
        for word in of_label:
            first = owner.setdefault(identities[word], label)
            if first != label:
                raise InvalidRequest(WORD_TWICE, word=word, first=first, second=label)


def _only_id(word: str, tokenizer: Any) -> int:
    found = pieces(word, tokenizer)
    if len(found) != 1:
        raise InvalidRequest(NOT_ONE_TOKEN, word=word, count=len(found), pieces=" ".join(found))
    id: int = tokenizer.convert_tokens_to_ids(found[0])
    if id == tokenizer.unk_token_id:
        raise InvalidRequest(UNKNOWN, word=word)
    return id
