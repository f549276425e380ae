"""The bar above the picture: the one of all live trainings, and one more variant."""

from __future__ import annotations

from playground.tabs.collapse.names import shared
from playground.tabs.collapse.request import MOST_STEPS, MOST_VARIANTS, CollapseRequest
from playground.ui import transport
from playground.ui.acts import act_button
from playground.ui.html import element, text
from playground.ui.translations import translate


def transport_html(request: CollapseRequest, language: str) -> str:
    """The buttons, and below them what all variants have in common."""
    full = request.variant_count() >= MOST_VARIANTS
    why = _why(full, language)
    add = act_button(translate(language, "Add as a variant"), {"act": "add"}, disabled=full, title_=why)
    bar = transport.transport_html(request, MOST_STEPS, language, add)
    common = shared(request.variants(), language)
    said = translate(language, "In common: {shared}.", shared=common) if common else ""
    return bar + (element("p", text(said), class_="note") if said else "")


def _why(full: bool, language: str) -> str:
    if full:
        return translate(language, "Four variants run side by side at most: remove one first.")
    return translate(language, "Trains what the controls say beside what is shown, on the same seed and batches.")
