"""Home: one card for each tab, with a picture made here and a number measured here, and all methods."""

from __future__ import annotations

from collections.abc import Sequence

from playground.ui.claims import load_claims
from playground.ui.methods import home_cards, render_index
from playground.ui.openings import Openings
from playground.ui.tab_view import TabView


def home_html(tabs: Sequence[TabView], openings: Openings, language: str) -> str:
    """The whole view; pictures appear once the first runs are over."""
    pictures = {tab.name: picture for tab in tabs if (picture := _picture(tab, openings))}
    numbers = {tab.name: number for tab in tabs if (number := _number(tab, language))}
    return home_cards(language, pictures, numbers) + render_index(language)


def _picture(tab: TabView, openings: Openings) -> str:
    screen = openings.screen(tab.name)
    return tab.thumbnail(screen.view) if tab.thumbnail and screen else ""


def _number(tab: TabView, language: str) -> str:
    """The first claim that was measured here."""
    path = tab.folder / "claims.yaml"
    claims = load_claims(path) if path.exists() else ()
    first = next((claim for claim in claims if claim.ours), None)
    return f"{first.claim.said_in(language).rstrip('.。')}: {first.ours.value}" if first and first.ours else ""
