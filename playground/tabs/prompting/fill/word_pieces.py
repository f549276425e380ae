"""A word's tokens as chips, with a red flag where they are not exactly one."""

from __future__ import annotations

from collections.abc import Sequence

from playground.ui.html import element, text
from playground.ui.translations import translate

SEVERAL = "{count} tokens"
UNKNOWN = "unknown"


def pieces_html(pieces: Sequence[str], known: bool, language: str) -> str:
    """The tokens of a word; several, or one that the model does not know, are flagged."""
    chips = "".join(element("i", text(piece), class_="piece") for piece in pieces)
    if known and len(pieces) == 1:
        return element("span", chips, class_="pieces")
    said = translate(language, SEVERAL, count=len(pieces)) if known else translate(language, UNKNOWN)
    return element("span", chips, element("b", text(said), class_="flag"), class_="pieces several")
