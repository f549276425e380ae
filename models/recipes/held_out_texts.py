"""Keep the texts that a model is measured on out of those that it is trained on.

Two texts count as the same when they agree after compatibility folding, lower-casing and dropping everything but
letters and digits. A text also counts as held out when it holds one of at least LONG such characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

LONG = 40  # characters: a shorter sentence may stand in a book by chance


def normal_form(text: str) -> str:
    """A text by which it is compared."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(character for character in folded if character.isalnum())


def without_held_out(texts: list[str], held_out: Iterable[str]) -> list[str]:
    """The texts that are none of the held-out ones and hold no long one of them."""
    forms = {normal_form(text) for text in held_out}
    long: dict[str, list[str]] = {}
    for form in forms:
        if len(form) >= LONG:
            long.setdefault(form[:LONG], []).append(form)
    return [text for text in texts if not _holds(normal_form(text), forms, long)]


def _holds(form: str, forms: set[str], long: dict[str, list[str]]) -> bool:
    """Whether a text is one of the held-out ones or holds a long one, which are given by how they begin."""
    return form in forms or any(
        form.startswith(whole, place)
        for place in range(len(form) - LONG + 1)
        for whole in long.get(form[place : place + LONG], ())
    )
