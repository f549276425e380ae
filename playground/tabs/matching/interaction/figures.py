"""Quality against time at N texts, and time over N."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from playground.tabs.matching.interaction.request import InteractionRequest
from playground.tabs.matching.interaction.view import Cost, View
from playground.tabs.matching.methods import METHODS, method_of
from playground.ui.numbers import rounded
from playground.ui.translations import translate

Figure = dict[str, Any]

COLORS = 8  # of the page
SIZES = np.round(np.logspace(0, 6, 25)).astype(int)  # numbers of texts at which lines have a point
SMALLEST, LARGEST = 9.0, 42.0  # diameters of a mark, without a cache and with a gigabyte
MARGINS = {"l": 56, "r": 16, "t": 30, "b": 46}
WHERE = ("top center", "bottom center", "top left", "bottom right")  # of a name beside its mark, in turn
NO_MODEL = "var(--soft)"


def color(method: str) -> str:
    """The colour of a method, the same in either picture and language."""
    kind = method_of(method).kind
    return NO_MODEL if kind == "lexical" else f"var(--series-{_place(method) % COLORS + 1})"


def label(method: str, language: str) -> str:
    """The name of a method."""
    return translate(language, method_of(method).label)


def trade_off(view: View, request: InteractionRequest, language: str) -> Figure:
    """A mark for each method: to the right the slower, above the better, the larger the more memory."""
    costs = [cost for cost in view.costs(request) if cost.quality is not None]
    data = [_mark(cost, WHERE[place % len(WHERE)], language) for place, cost in enumerate(costs)]
    data += [_tail(cost) for cost in costs if cost.cache_bytes]
    count = f"{request.texts:,}"
    layout = {
        "xaxis": _log(translate(language, "seconds for one query against {count} texts", count=count)),
        "yaxis": {"title": {"text": translate(language, "Spearman's ρ, recorded")}},
        "height": 420,
        "margin": MARGINS,
        "showlegend": False,
        "uirevision": f"{request.language} {request.power}",
        "meta": {
            "title": translate(
                language, "Quality and time, one query against {count} texts", count=f"{request.texts:,}"
            ),
            "description": translate(language, "To the right the slower, above the better; larger marks keep more."),
        },
    }
    return {"data": data, "layout": layout}


def over_texts(view: View, request: InteractionRequest, language: str) -> Figure:
    """Seconds over the number of texts, a line for each method; the number that the slider says is marked."""
    by_size = [{cost.method: cost for cost in view.costs(request, size)} for size in SIZES.tolist()]
    data = [
        _line([costs[id].cached for costs in by_size], label(id, language), color(id), _dash(id)) for id in view.timed
    ]
    staged = [view.two_stages(request, size) for size in SIZES.tolist()]
    if None not in staged:
        name = translate(language, "vectors, then {count} candidates read", count=request.candidates)
        data.append(_line([float(seconds or 0.0) for seconds in staged], name, "var(--loop)", "dash"))
    at = {"type": "line", "xref": "x", "yref": "paper", "x0": request.texts, "x1": request.texts, "y0": 0, "y1": 1}
    layout = {
        "xaxis": _log(translate(language, "texts that the query is compared with")),
        "yaxis": _log(translate(language, "seconds")),
        "height": 380,
        "margin": MARGINS | {"t": 12},
        "legend": {"orientation": "h", "x": 0, "y": -0.22, "yanchor": "top"},
        "shapes": [at | {"line": {"color": "var(--soft)", "width": 1, "dash": "dot"}}],
        "uirevision": request.language,
        "meta": {
            "title": translate(language, "Time over the number of texts, their vectors at hand"),
            "description": translate(language, "Measured up to 24 texts, on a straight line beyond."),
        },
    }
    return {"data": data, "layout": layout}


def _mark(cost: Cost, where: str, language: str) -> Figure:
    assert cost.quality is not None
    gigabytes = cost.cache_bytes / 2**30
    size = min(SMALLEST + (LARGEST - SMALLEST) * math.sqrt(gigabytes), LARGEST)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": label(cost.method, language),
        "x": [rounded(cost.cached)],
        "y": [rounded(100 * cost.quality.spearman)],
        "text": [label(cost.method, language)],
        "textposition": where,
        "cliponaxis": False,
        "marker": {"color": color(cost.method), "size": size, "opacity": 0.85},
        "hovertemplate": "%{text}<br>%{x:.3~g} s, ρ %{y:.1f}<extra></extra>",
    }


def _tail(cost: Cost) -> Figure:
    """A line from a method's mark to where it stands while no vectors are kept."""
    assert cost.quality is not None
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [rounded(cost.cached), rounded(cost.anew)],
        "y": [rounded(100 * cost.quality.spearman)] * 2,
        "line": {"color": color(cost.method), "width": 1, "dash": "dot"},
        "marker": {"color": color(cost.method), "size": [0, 8], "symbol": "circle-open"},
        "hovertemplate": "%{x:.3~g} s<extra></extra>",
    }


def _line(seconds: list[float], name: str, own: str, dash: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": SIZES,
        "y": [rounded(value) for value in seconds],
        "line": {"color": own, "width": 2, "dash": dash},
        "hovertemplate": f"{name}: %{{y:.3~g}} s, N = %{{x:,}}<extra></extra>",
    }


def _dash(method: str) -> str:
    """Both lexical methods are grey: one is dotted."""
    return "dot" if method == "ngrams" else "solid"


def _log(title: str) -> Figure:
    return {"title": {"text": title}, "type": "log", "exponentformat": "power", "dtick": 1, "showgrid": True}


def _place(method: str) -> int:
    """A method's place among those of its language."""
    kin = [each.id for each in METHODS if each.language == method_of(method).language]
    return kin.index(method)
