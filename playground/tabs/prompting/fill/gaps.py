"""A text with gaps: each [MASK] becomes as many mask tokens as the word that is tried there has pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.patterns import MASK, Prompt, plain_text

MOST_GAPS = 8
LONGEST = 256  # tokens

EMPTY = "There is nothing to fill in: write a text with [MASK] in it."
NO_MASK = "The text has no [MASK]: write [MASK] where a word is missing."
TOO_MANY = "The text has {count} masks; at most {most} are possible."
TOO_LONG = "The text is {tokens} tokens long, and this model reads at most {longest}: shorten it."


def count_gaps(text: str) -> int:
    """How many gaps a text has.

    Raises:
        InvalidRequest: none, or more than MOST_GAPS.
    """
    if not text.strip():
        raise InvalidRequest(EMPTY)
    count = text.count(MASK)
    if not 1 <= count <= MOST_GAPS:
        raise InvalidRequest(TOO_MANY, count=count, most=MOST_GAPS) if count else InvalidRequest(NO_MASK)
    return count


def with_gaps(text: str, tokenizer: Any, widths: Sequence[int], longest: int = LONGEST) -> Prompt:
    """The ids of a text, `widths[i]` masks for its i-th gap; the places of the masks stand in order.

    Nothing is cut off. Special tokens other than [MASK] are plain text, whatever the model's own mask token is.

    Raises:
        InvalidRequest: it is too long.
    """
    first, *parts = (plain_text(part, tokenizer) for part in text.strip().split(MASK))
    gaps = (tokenizer.mask_token * width for width in widths)
    whole = first + "".join(gap + part for gap, part in zip(gaps, parts, strict=True))
    ids = tokenizer(whole, verbose=False)["input_ids"]
    if len(ids) > longest:
        raise InvalidRequest(TOO_LONG, tokens=len(ids), longest=longest)
    return Prompt(tuple(ids), tuple(place for place, id in enumerate(ids) if id == tokenizer.mask_token_id))


def longest_text(model: Any) -> int:
    """How many tokens a model reads here: what it was made for, and no more than LONGEST."""
    config = model.config
    offset = config.pad_token_id + 1 if config.model_type == "roberta" else 0  # its first positions are padding's
    positions: int = config.max_position_embeddings
    return min(LONGEST, positions - offset)
