"""How the texts are drawn: all pairs as a heat map in clusters, as points on a plane, or as candidates of a search."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.tabs.matching.matrix.frames import Corpus, Ints, Placed, Similarities
from playground.tabs.matching.matrix.request import MatrixRequest
from playground.tabs.matching.matrix.search_figures import candidates_figure, quality_figure
from playground.tabs.matching.matrix.view import View
from playground.ui.html import text
from playground.ui.numbers import rounded
from playground.ui.translations import translate

Figure = dict[str, Any]

COLORS = 8  # of the page; further clusters are grey, and so is what stands alone
HEIGHT = 520
MOST_NAMED = 45  # texts whose beginnings stand beside the heat map
NAME, HOVERED = 18, 90  # characters of a text beside the heat map, and when it is pointed at


def figure(view: View, request: MatrixRequest, language: str) -> Figure:
    """The picture of the exhibit, an empty one before there is anything to draw."""
    if view.corpus is not None and view.similarities is not None:
        return _heat_map(view, view.corpus, view.similarities, request, language)
    if view.corpus is not None and view.placed is not None:
        return _plane(view, view.corpus, view.placed, request, language)
    if view.found is not None:
        return candidates_figure(view, view.found, language)
    if view.judged:
        return quality_figure(view.judged, language)
    return {"data": [], "layout": {"height": HEIGHT, "xaxis": {"visible": False}, "yaxis": {"visible": False}}}


def color(cluster: int, size: int) -> str:
    """The colour of a cluster of so many texts."""
    return f"var(--series-{cluster + 1})" if cluster < COLORS and size > 1 else "var(--soft)"


def shortened(whole: str, most: int) -> str:
    """At most so many characters of a text, as HTML, which is what plotly reads."""
    return text(whole if len(whole) <= most else whole[: most - 1] + "…")


def _heat_map(view: View, corpus: Corpus, of: Similarities, request: MatrixRequest, language: str) -> Figure:
    order = view.order()
    cosines = of.cosines[np.ix_(order, order)]
    # Categories have to differ: each text bears its number.
    texts = [f"{place + 1}. {shortened(corpus.texts[place], HOVERED)}" for place in order.tolist()]
    named = len(order) <= MOST_NAMED
    names = [shortened(corpus.texts[place], NAME) for place in order.tolist()] if named else []
    drawn = {
        "type": "heatmap",
        "x": texts,
        "y": texts,
        "z": np.round(cosines, 2),
        "zmin": min(float(cosines.min()), 0.99),
        "zmax": 1.0,
        "colorscale": [[0, "var(--card)"], [1, "var(--accent)"]],
        "hovertemplate": "%{y}<br>%{x}<br>%{z:.2f}<extra></extra>",
        "colorbar": {"thickness": 10, "len": 0.6, "outlinewidth": 0},
    }
    axis = {"type": "category", "showline": False, "showgrid": False, "showticklabels": False, "ticks": ""}
    ticks = {"showticklabels": named, "tickvals": list(range(len(names))), "ticktext": names, "tickfont": {"size": 10}}
    layout = {
        "xaxis": axis,
        "yaxis": axis | ticks | {"autorange": "reversed"},
        "shapes": _outlines(view.clusters(request.cluster)[order]),
        "height": max(HEIGHT, 100 + 15 * len(names)),
        "margin": {"l": 12, "r": 8, "t": 12, "b": 12},
        "uirevision": f"matrix {corpus.name} {len(order)}",
        "meta": {
            "title": translate(language, "How alike each two texts are"),
            "description": translate(language, "Cosines of all pairs, alike texts side by side, clusters outlined."),
        },
    }
    return {"data": [drawn], "layout": layout}


def _outlines(clusters: Ints) -> list[Figure]:
    """A square around every cluster of several texts, which stand side by side (n,)."""
    starts = np.flatnonzero(np.diff(clusters, prepend=-1))
    ends = np.append(starts[1:], len(clusters))
    return [
        {
            "type": "rect",
            **{"x0": start - 0.5, "y0": start - 0.5, "x1": end - 0.5, "y1": end - 0.5},
            "line": {"color": "var(--loop)", "width": 1.5},
        }
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        if end - start > 1
    ]


def _plane(view: View, corpus: Corpus, of: Placed, request: MatrixRequest, language: str) -> Figure:
    clusters = view.clusters(request.cluster)
    sizes = np.bincount(clusters)
    coloured = np.flatnonzero(sizes[:COLORS] > 1).tolist()
    groups = [(cluster, np.flatnonzero(clusters == cluster)) for cluster in coloured]
    rest = np.flatnonzero(~np.isin(clusters, coloured))
    data = [_points(corpus, of, places, color(cluster, len(places))) for cluster, places in groups]
    data.append(_points(corpus, of, rest, "var(--soft)"))
    plain = {"showticklabels": False, "showgrid": False, "showline": False, "ticks": ""}
    names = [f"PC {n} ({share:.0%})" for n, share in enumerate(of.shares.tolist(), start=1)] or ["", ""]
    x, y = (plain | {"title": {"text": name, "font": {"size": 11}}} for name in names)
    layout = {
        "xaxis": x,
        "yaxis": y | {"scaleanchor": "x"},
        "height": HEIGHT,
        "margin": {"l": 12, "r": 8, "t": 12, "b": 12},
        "showlegend": False,
        "uirevision": f"plane {corpus.name} {request.projection}",
        "meta": {
            "title": translate(language, "Where the texts lie"),
            "description": translate(language, "Every text as a point; colours are clusters, grey stands alone."),
        },
    }
    return {"data": data, "layout": layout}


def _points(corpus: Corpus, of: Placed, places: Ints, own: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [rounded(value) for value in of.points[places, 0].tolist()],
        "y": [rounded(value) for value in of.points[places, 1].tolist()],
        "text": [shortened(corpus.texts[place], HOVERED) for place in places.tolist()],
        "marker": {"color": own, "size": 8 if len(corpus.texts) <= 300 else 5, "opacity": 0.8},
        "hovertemplate": "%{text}<extra></extra>",
    }
