"""What an NVAE's two numbers say of a picture, in sentences: how surprising it is, and how well it comes back."""

from __future__ import annotations

import math
from collections.abc import Iterator

from playground.tabs.sampling.reconstruct.frames import Reconstruction
from playground.ui.translations import translate

RARE = 0.99

ALL = (
    "{bits} bits per dimension: more surprising than every one of {count} held-out pictures. "
    "Not a picture of this kind."
)
MOST = (
    "{bits} bits per dimension: more surprising than {share} % of {count} held-out pictures. Hardly one of this kind."
)
SOME = "{bits} bits per dimension: more surprising than {share} % of {count} held-out pictures."
NONE = (
    "{bits} bits per dimension: less surprising than {share} % of {count} held-out pictures. That does not make it one "
    "of them: whatever is simple is cheap for such a model."
)
WORST = "Yet it comes back worse than every one of them: likelihood alone would have missed it."
DISAGREE = "Yet it comes back worse than {share} % of them: likelihood alone would have missed it."
COMES_BACK = "Yet it comes back no worse than they do: the model can draw what it does not expect."


def verdict(made: Reconstruction, language: str) -> Iterator[str]:
    """One or two sentences on an NVAE's reconstruction; none on others, or without reference figures."""
    if made.bits is None or made.bits_below is None or made.error_below is None:
        return
    surprising = made.bits_below >= RARE
    template = SOME
    if surprising:
        template = ALL if made.bits_below >= 1 else MOST
    elif made.bits_below <= 1 - RARE:
        template = NONE
    share = 1 - made.bits_below if template == NONE else made.bits_below
    values = {"bits": f"{made.bits:.2f}", "share": _percent(share), "count": f"{made.held_out:,}"}
    yield translate(language, template, **values)
    if surprising and made.error_below < RARE:
        yield translate(language, COMES_BACK)
    elif not surprising and made.error_below >= RARE:
        yield translate(language, WORST if made.error_below >= 1 else DISAGREE, share=_percent(made.error_below))


def among(below: float | None, language: str) -> str:
    """The share of held-out pictures with less, in brackets; empty where it is not known."""
    if below is None:
        return ""
    words = translate(language, "({share} % below)", share=_percent(below))
    return " " + words.replace(" ", "\u00a0")  # kept together where the line breaks


def _percent(share: float) -> int:
    """Whole per cents that are certainly reached."""
    return math.floor(100 * share + 1e-9)
