"""What a threshold is worth everywhere, with the published search on its way; and the ROC curves of all methods."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.tabs.matching.set.frames import MethodJudged
from playground.tabs.matching.set.names import GOALS, color, method_name
from playground.tabs.matching.set.request import MatchingSetRequest
from playground.tabs.matching.set.view import View
from playground.ui.numbers import rounded
from playground.ui.translations import translate

Figure = dict[str, Any]

HEIGHT = 370
MARGINS = {"l": 52, "r": 12, "t": 12, "b": 44}
LEGEND = {"orientation": "h", "x": 0, "y": -0.26, "yanchor": "top"}


def curve_figure(view: View, request: MatchingSetRequest, language: str) -> Figure:
    """The shown method's goal and accuracy over the threshold, on the part that was chosen on."""
    judged = view.shown(request)
    data = [] if judged is None else _curves(judged, request, language)
    shapes = [] if judged is None else _shapes(judged)
    title = translate(language, "Every threshold on the first part")
    axis: dict[str, Any] = {"title": {"text": translate(language, "threshold")}}
    if judged is not None:
        axis["range"] = _span(judged)
    layout = {
        "xaxis": axis,
        "yaxis": {"title": {"text": translate(language, GOALS[request.goal])}},
        "height": HEIGHT,
        "margin": MARGINS,
        "legend": LEGEND,
        "shapes": shapes,
        "uirevision": f"{request.pairs} {None if judged is None else judged.method}",
        "meta": {
            "title": title if judged is None else f"{title}: {method_name(judged.method, language)}",
            "description": translate(
                language, "The value of every threshold, the best one, and those that the published search tried."
            ),
        },
    }
    return {"data": data, "layout": layout}


def roc_figure(view: View, language: str) -> Figure:
    """The share of alike pairs found over the share of different ones falsely called alike, for every method."""
    diagonal = {"x": [0, 1], "y": [0, 1], "mode": "lines", "line": {"color": "var(--line)", "width": 1}}
    data = [{"type": "scatter", "showlegend": False, "hoverinfo": "skip", **diagonal}]
    for place, (name, judged) in enumerate(view.methods.items()):
        data.append(_roc(judged, method_name(name, language), color(place)))
    layout = {
        "xaxis": {"title": {"text": translate(language, "false alarms")}, "range": [0, 1], "tickformat": ".0%"},
        "yaxis": {"title": {"text": translate(language, "alike pairs found")}, "range": [0, 1.01], "tickformat": ".0%"},
        "height": HEIGHT,
        "margin": MARGINS,
        "legend": LEGEND,
        "uirevision": "roc",
        "meta": {
            "title": translate(language, "All methods on the second part (ROC)"),
            "description": translate(language, "Share of alike pairs found over share of false alarms."),
        },
    }
    return {"data": data, "layout": layout}


def _curves(judged: MethodJudged, request: MatchingSetRequest, language: str) -> list[Figure]:
    goal = _line(judged, judged.goal_curve, "var(--series-1)", translate(language, GOALS[request.goal]))
    if request.goal == "cost":
        goal["y"] = [rounded(-float(value)) for value in judged.goal_curve]
    accuracy = _line(judged, judged.accuracy_curve, "var(--series-8)", translate(language, "accuracy"))
    curves = [goal] if request.goal == "accuracy" else [goal, accuracy | {"line": {**accuracy["line"], "dash": "dot"}}]
    return [*curves, *_searched(judged, language)]


def _line(judged: MethodJudged, values: Any, colored: str, name: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "showlegend": True,
        "x": [rounded(float(level)) for level in judged.levels],
        "y": [rounded(float(value)) for value in values],
        "line": {"color": colored, "width": 2, "shape": "vh"},
        "hovertemplate": "%{x:.3f}: %{y:.3f}<extra></extra>",
    }


def _searched(judged: MethodJudged, language: str) -> list[Figure]:
    """What the published search tried, where it began, and where it stopped."""
    x, y = judged.tried.T
    tried = _points(x[1:], y[1:], translate(language, "tried by the published search"), "circle-open", 7)
    start = _points(x[:1], y[:1], translate(language, "its start"), "diamond-open", 11)
    end = _points(
        np.array([judged.published[0]]), np.array([judged.published[1]]), translate(language, "its end"), "x", 10
    )
    return [tried, start, end]


def _points(x: Any, y: Any, name: str, symbol: str, size: int) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "showlegend": True,
        "x": [rounded(float(each)) for each in x],
        "y": [rounded(float(each)) for each in y],
        "marker": {"symbol": symbol, "size": size, "color": "var(--loop)", "line": {"width": 1.5}},
        "hovertemplate": "%{x:.3f}: %{y:.3f}<extra></extra>",
    }


def _shapes(judged: MethodJudged) -> list[Figure]:
    """The plateau of the best threshold as a band, and the threshold as a line."""
    threshold, _, *plateau = judged.best
    threshold, low, high = (float(np.clip(value, *_span(judged))) for value in (threshold, *plateau))
    tall = {"yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    band = {"type": "rect", "x0": low, "x1": high, "fillcolor": "var(--wash)", "line": {"width": 0}, **tall}
    line = {"type": "line", "x0": threshold, "x1": threshold, "line": {"color": "var(--ink)", "width": 1.5}, **tall}
    return [band, line]


def _span(judged: MethodJudged) -> tuple[float, float]:
    """From the lowest score to the highest, the start of the published search included, and a little room."""
    ends = (float(judged.levels[0]), float(judged.levels[-1]), float(judged.tried[0, 0]))
    low, high = min(ends), max(ends)
    room = 0.03 * (high - low) or 0.1
    return low - room, high + room


def _roc(judged: MethodJudged, name: str, colored: str) -> Figure:
    false_alarms, hits = judged.roc.T
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{name} {judged.area:.3f}",
        "showlegend": True,
        "x": [rounded(float(each)) for each in false_alarms],
        "y": [rounded(float(each)) for each in hits],
        "line": {"color": colored, "width": 2},
        "hovertemplate": f"{name}: %{{y:.1%}}, %{{x:.1%}}<extra></extra>",
    }
