"""Patterns: a sentence with a gap for the text and a mask, and the token ids that a masked language model reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playground.runtime.errors import InvalidRequest

TEXT, MASK = "{text}", "[MASK]"
LONGEST_PATTERN = 160  # characters
LONGEST = 128  # tokens

EMPTY = "The pattern is empty. Write one like “{text} It was [MASK].”"
NO_TEXT = "The pattern “{pattern}” has no {text}: write {text} where the text goes."
TWO_TEXTS = "The pattern “{pattern}” has {text} more than once: keep one."
NO_MASK = "The pattern “{pattern}” has no [MASK]: write [MASK] where the label word goes."
TWO_MASKS = "The pattern “{pattern}” has [MASK] more than once: keep one."
TOO_LONG = "The pattern “{pattern}…” is longer than {longest} characters: shorten it."
TOO_MANY_TOKENS = (
    "The pattern “{pattern}” takes {tokens} tokens without any text; at most {longest} fit: shorten the pattern."
)


@dataclass(frozen=True)
class Pattern:
    """A template with one {text} and one [MASK], whatever the model's own mask token is."""

    template: str


@dataclass(frozen=True)
class Prompt:
    """Token ids with the special tokens at both ends, and the places of the masks among them."""

    ids: tuple[int, ...]
    masks: tuple[int, ...]


def parse_pattern(template: str) -> Pattern:
    """The pattern that somebody wrote.

    Raises:
        InvalidRequest: not exactly one {text} and one [MASK], or too long.
    """
    template = " ".join(template.split())
    if not template:
        raise InvalidRequest(EMPTY, text=TEXT)
    if len(template) > LONGEST_PATTERN:
        raise InvalidRequest(TOO_LONG, pattern=template[:40], longest=LONGEST_PATTERN)
    for part, none, several in ((TEXT, NO_TEXT, TWO_TEXTS), (MASK, NO_MASK, TWO_MASKS)):
        count = template.count(part)
        if count != 1:
            raise InvalidRequest(several if count else none, pattern=template, text=TEXT)
    return Pattern(template)


def build_prompt(pattern: Pattern, text: str, tokenizer: Any, *, longest: int = LONGEST, masks: int = 1) -> Prompt:
    """One text in a pattern; see :func:`build_prompts`."""
    return build_prompts(pattern, (text,), tokenizer, longest=longest, masks=masks)[0]


def build_prompts(
    pattern: Pattern, texts: Sequence[str], tokenizer: Any, *, longest: int = LONGEST, masks: int = 1
) -> list[Prompt]:
    """Every text in a pattern, with `masks` masks in a row for the pattern's one.

    What is longer than `longest` tokens loses tokens of the text's end, never of the template. Special tokens that
    stand in a text are plain text.

    Raises:
        InvalidRequest: the pattern alone is too long.
    """
    before, after = (_with_masks(part, tokenizer, masks) for part in pattern.template.split(TEXT))
    special = _special_tokens(tokenizer)
    plain = [_plain(text.strip(), special) for text in texts]
    read = tokenizer([before + text + after for text in plain], return_offsets_mapping=True, verbose=False)
    prompts = []
    for ids, offsets, text in zip(read["input_ids"], read["offset_mapping"], plain, strict=True):
        kept = _shortened(ids, offsets, (len(before), len(before) + len(text)), longest)
        if len(kept) > longest:
            tokens = len(kept)
            raise InvalidRequest(TOO_MANY_TOKENS, pattern=pattern.template, tokens=tokens, longest=longest)
        places = tuple(place for place, id in enumerate(kept) if id == tokenizer.mask_token_id)
        prompts.append(Prompt(tuple(kept), places))
    return prompts


def plain_text(text: str, tokenizer: Any) -> str:
    """The text with nothing in it that the tokenizer takes for a special token."""
    return _plain(text, _special_tokens(tokenizer))


def _with_masks(part: str, tokenizer: Any, masks: int) -> str:
    special = _special_tokens(tokenizer)
    masked: str = (tokenizer.mask_token * masks).join(_plain(piece, special) for piece in part.split(MASK))
    return masked


def _special_tokens(tokenizer: Any) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, tokenizer.all_special_tokens)))


def _plain(text: str, special: re.Pattern[str]) -> str:
    """The text with a space inside whatever the tokenizer would take for a special token."""
    return special.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)


def _shortened(ids: list[int], offsets: list[tuple[int, int]], text: tuple[int, int], longest: int) -> list[int]:
    """The ids without as many of the text's last tokens as are too many; `text` gives its first and last character."""
    surplus = len(ids) - longest
    if surplus <= 0:
        return ids
    inside = [place for place, (start, end) in enumerate(offsets) if text[0] <= start < end <= text[1]]
    # Between them stand tokens of white space, whose offsets may be empty.
    first, last = (inside[0], inside[-1] + 1) if inside else (0, 0)
    return ids[: max(first, last - surplus)] + ids[last:]
