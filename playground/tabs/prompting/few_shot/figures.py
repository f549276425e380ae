"""How a few-shot run is drawn: learning curves with their intervals, and the losses of the trainings under way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from playground.tabs.prompting.few_shot.method import METHODS
from playground.tabs.prompting.few_shot.recorded import recorded_for
from playground.tabs.prompting.few_shot.request import FewShotRequest
from playground.tabs.prompting.few_shot.view import Point, View
from playground.ui.numbers import rounded
from playground.ui.translations import translate

Figure = dict[str, Any]

COLORS = 8  # of the page; a ninth method takes the first one's again, with another mark
MARGINS = {"l": 52, "r": 12, "t": 12, "b": 44}
PAPER = {"xref": "paper", "yref": "paper"}
LEGEND = {"orientation": "h", "x": 0, "y": -0.22, "yanchor": "top"}


def color(method: str) -> str:
    """The colour of a method, the same whichever others are shown."""
    return f"var(--series-{_place(method) % COLORS + 1})"


def curve_figure(view: View, request: FewShotRequest, language: str) -> Figure:
    """Accuracy over K: a line for each method, with 95 % intervals; recorded ones dotted."""
    data = []
    recorded = recorded_for(request)
    for method in METHODS:
        own, name = view.curve(method), translate(language, METHODS[method].title)
        if method in recorded:
            points = [entry.point() for entry in recorded[method]]
            said = translate(language, "{name}, recorded", name=name)
            data.append(_dotted(method, said, points, shown=not own))
        if own:
            data.append(_curve(method, name, own))
    data += _under_way(view, language)
    asked = sorted({*request.shots, *(entry.shots for curve in recorded.values() for entry in curve)})
    axis = {"title": {"text": translate(language, "labels per class, K")}, "tickvals": asked, "type": "log"}
    layout = {
        "xaxis": axis | {"ticktext": list(map(str, asked))},
        "yaxis": {"title": {"text": translate(language, "accuracy")}, "tickformat": ".0%"},
        "height": 440,
        "margin": MARGINS,
        "legend": LEGEND,
        "uirevision": f"{request.task} {asked}",
        "meta": {
            "title": translate(language, "How far the labels go"),
            "description": translate(language, "Accuracy on the test texts over the labelled texts of each class."),
        },
    }
    return {"data": data, "layout": layout}


def loss_figure(view: View, language: str) -> Figure:
    """The loss of the last training of every method, over all steps it has taken."""
    data = []
    for method, steps in view.steps.items():
        losses = [float(step.details["loss"]) for step in steps if "loss" in step.details]
        if losses:
            title = f"{translate(language, METHODS[method].title)}, K = {steps[-1].shots}"
            drawn = {"x": list(range(1, len(losses) + 1)), "y": list(map(rounded, losses)), "name": title}
            line = {"color": color(method), "width": 2}
            data.append({"type": "scatter", "mode": "lines", "line": line, "showlegend": True, **drawn})
    axes = {
        "xaxis": {"title": {"text": translate(language, "steps told, of all patterns")}},
        "yaxis": {"title": {"text": translate(language, "loss")}, "rangemode": "tozero"},
        "height": 260,
    }
    layout = {
        "margin": MARGINS,
        "legend": LEGEND | {"y": -0.3},
        "uirevision": "loss",
        "meta": {
            "title": translate(language, "Loss of the last training of each method"),
            "description": translate(language, "It starts anew with each pattern and generation."),
        },
    }
    return {"data": data, "layout": layout | (axes if data else _empty(language))}


def _empty(language: str) -> Figure:
    """A low plot that says why nothing is drawn."""
    said = {"text": translate(language, "No chosen method tells a loss."), "showarrow": False, "x": 0.5, "y": 0.5}
    return {"xaxis": {"visible": False}, "yaxis": {"visible": False}, "height": 80, "annotations": [said | PAPER]}


def _curve(method: str, name: str, points: Sequence[Point]) -> Figure:
    above, below = [p.high - p.mean for p in points], [p.mean - p.low for p in points]
    mark = {"size": 7, "symbol": "circle" if _place(method) < COLORS else "diamond"}
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "legendgroup": method,
        "showlegend": True,
        "x": [p.shots for p in points],
        "y": [rounded(p.mean) for p in points],
        "error_y": {"array": above, "arrayminus": below, "thickness": 1, "width": 3, "color": color(method)},
        "line": {"color": color(method), "width": 2},
        "marker": mark | {"color": color(method)},
        "hovertemplate": f"{name}: %{{y:.1%}}, K = %{{x}}<extra></extra>",
    }


def _dotted(method: str, name: str, points: Sequence[Point], *, shown: bool) -> Figure:
    """A recorded curve: thin dots, no intervals, and a place in the legend only without a live one."""
    curve = _curve(method, name, points)
    del curve["error_y"], curve["marker"]
    line = {"color": color(method), "width": 1.5, "dash": "dot"}
    return curve | {"mode": "lines", "line": line, "opacity": 0.75, "showlegend": shown}


def _under_way(view: View, language: str) -> list[Figure]:
    """A hollow mark where a training stands that is not over."""
    step = view.under_way()
    if step is None or math.isnan(step.accuracy):
        return []
    own = color(step.method)
    mark = {"size": 11, "symbol": "circle-open", "color": own, "line": {"width": 2}}
    point = {"x": [step.shots], "y": [step.accuracy], "name": translate(language, "under way")}
    return [{"type": "scatter", "mode": "markers", "marker": mark, **point}]


def _place(method: str) -> int:
    return list(METHODS).index(method)
