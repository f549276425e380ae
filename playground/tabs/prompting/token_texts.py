"""Tokens as a person reads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def token_texts(tokenizer: Any, ids: Iterable[int]) -> tuple[str, ...]:
    """Every token's text: a byte-level one as its characters, a word piece with its ## in front."""
    names = tokenizer.convert_ids_to_tokens(list(ids))
    plain = (name if name.startswith("##") else tokenizer.convert_tokens_to_string([name]) for name in names)
    return tuple(text if text.strip() else name for text, name in zip(plain, names, strict=True))
