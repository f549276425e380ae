"""How a search is drawn: where every candidate stood before and after it was read, and how good both orders are."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.tabs.matching.matrix.frames import Found, Judged
from playground.tabs.matching.matrix.view import STAGES, View
from playground.ui.html import text
from playground.ui.numbers import rounded
from playground.ui.translations import translate

Figure = dict[str, Any]

HEIGHT = 360
MARGINS = {"l": 56, "r": 16, "t": 12, "b": 46}
NAME, HOVERED = 34, 90  # characters of a text beside the lines, and when it is pointed at
MOST_NAMED = 20  # candidates
BEFORE = "The candidates and their cosines with the query"
AFTER = "The candidates, before and after the cross-encoder has read them"


def candidates_figure(view: View, found: Found, language: str) -> Figure:
    """A line a candidate from its place in the encoder's order to that in the cross-encoder's, or its cosine alone."""
    drawn = _moves(view, found) if len(found.scores) else [_cosines(found)]
    stages = [translate(language, "by the encoder"), translate(language, "by the cross-encoder")]
    columns = {"tickvals": [0, 1], "ticktext": stages, "range": [-0.1, 1.1], "fixedrange": True}
    axis = columns if len(found.scores) else {"title": {"text": translate(language, "cosine")}}
    count = len(found.texts)
    layout = {
        "xaxis": axis | {"showgrid": False},
        "yaxis": {"title": {"text": translate(language, "rank")}, "range": [count + 0.5, 0.5], "showgrid": False},
        "height": max(HEIGHT, 90 + 17 * min(count, MOST_NAMED)),
        "margin": MARGINS,
        "showlegend": False,
        "uirevision": f"search {count} {len(found.scores)}",
        "meta": {
            "title": translate(language, AFTER if len(found.scores) else BEFORE),
            "description": translate(language, "Lines that rise were judged better once read with the query."),
        },
    }
    return {"data": drawn, "layout": layout}


def quality_figure(judged: list[Judged], language: str) -> Figure:
    """The mean of 1 / rank of the first right answer over the queries so far, in both orders."""
    ranks = np.stack([each.ranks for each in judged])  # (Q, stages)
    reciprocal = np.divide(1.0, ranks, out=np.zeros(ranks.shape), where=ranks > 0)
    counts = np.arange(1, len(judged) + 1)
    means = reciprocal.cumsum(axis=0) / counts[:, None]
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": translate(language, name),
            "x": counts,
            "y": [rounded(value) for value in means[:, stage].tolist()],
            "line": {"color": f"var(--series-{stage + 1})", "width": 2},
        }
        for stage, name in enumerate(STAGES[: ranks.shape[1]])
    ]
    layout = {
        "xaxis": {"title": {"text": translate(language, "queries")}},
        "yaxis": {"title": {"text": translate(language, "mean 1 / rank")}, "range": [0, 1.02]},
        "height": HEIGHT,
        "margin": MARGINS | {"t": 30},
        "showlegend": True,
        "uirevision": "quality",
        "meta": {
            "title": translate(language, "How good the answers are"),
            "description": translate(language, "The mean of 1 / rank of the first right answer, query after query."),
        },
    }
    return {"data": data, "layout": layout}


def _moves(view: View, found: Found) -> list[Figure]:
    after = {place: rank for rank, place in enumerate(view.ranked(), start=1)}
    return [_move(place + 1, after[place], whole) for place, whole in enumerate(found.texts)]


def _move(before: int, after: int, whole: str) -> Figure:
    """One candidate's line, in the accent where it rises."""
    own = "var(--accent)" if after < before else "var(--soft)"
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [0, 1],
        "y": [before, after],
        "line": {"color": own, "width": 2.5 if after == 1 else 1.2},
        "marker": {"color": own, "size": 6},
        "text": [text(whole[:HOVERED])] * 2,
        "hovertemplate": f"%{{text}}<br>{before} → {after}<extra></extra>",
    }


def _cosines(found: Found) -> Figure:
    count = len(found.texts)
    return {
        "type": "bar",
        "orientation": "h",
        "x": [rounded(value) for value in found.cosines.tolist()],
        "y": list(range(1, count + 1)),
        "text": [text(whole[:NAME]) for whole in found.texts] if count <= MOST_NAMED else None,
        "textposition": "inside",
        "insidetextfont": {"color": "var(--ink)"},
        "insidetextanchor": "start",
        "marker": {"color": "var(--accent)", "opacity": 0.55},
        "hovertext": [text(whole[:HOVERED]) for whole in found.texts],
        "hovertemplate": "%{hovertext}<br>%{x:.2f}<extra></extra>",
    }
