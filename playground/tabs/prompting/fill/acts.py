"""What a click in the panel's picture asks for: a suggestion written into the text."""

from __future__ import annotations

from playground.tabs.prompting.fill.request import FillRequest
from playground.tabs.prompting.patterns import MASK
from playground.ui.tab_view import Click, Draft


def act(request: FillRequest, click: Click) -> FillRequest | Draft:
    """The request with a mask replaced by the word that was clicked; a draft where it was the last one.

    KeyError, ValueError or TypeError for what asks for nothing.
    """
    gap, word = int(click.data["gap"]), str(click.data["word"])
    parts = request.text.split(MASK)
    if not 1 <= gap < len(parts):
        raise ValueError("no such mask")
    joined = _joined(parts[gap - 1], word, parts[gap])
    text = MASK.join([*parts[: gap - 1], joined, *parts[gap + 1 :]])
    changed = request.with_(text=text, gap=max(1, min(request.gap, len(parts) - 2)))
    return changed if len(parts) > 2 else Draft(changed)


def _joined(before: str, word: str, after: str) -> str:
    """The word in its place; a piece that goes on with the word before it leaves no space."""
    if word.startswith("##"):
        return before.rstrip() + word.removeprefix("##") + after
    return before + word.strip() + after
