"""The methods side by side, as cards of HTML."""

from __future__ import annotations

from playground.tabs.matching.frames import Scored
from playground.tabs.matching.methods import method_of
from playground.tabs.matching.request import MatchingRequest
from playground.tabs.matching.trace import Trace
from playground.ui.html import text
from playground.ui.numbers import fixed
from playground.ui.tables import card, cell, table
from playground.ui.translations import translate


def scores_html(trace: Trace, request: MatchingRequest, language: str) -> str:
    """A line a method: its score, what that means, and its time."""
    if trace.question is None:
        return ""
    head = [translate(language, name) for name in ("method", "score", "milliseconds")]
    rows = [_row(each, head, language) for each in trace.scored.values()]
    return card(translate(language, "How alike are they?"), table(head, rows, "methods"))


def _row(scored: Scored, head: list[str], language: str) -> list[str]:
    method = method_of(scored.method)
    return [
        cell(text(translate(language, method.label)), number=False),
        cell(text(fixed(scored.scores[0])), head[1]),
        cell(text(fixed(1000 * scored.seconds, 1)), head[2]),
    ]
