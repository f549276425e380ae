"""How often every method is right about every phenomenon, as points with intervals."""

from __future__ import annotations

from typing import Any

from playground.tabs.matching.methods import method_of
from playground.tabs.matching.probe.frames import Judged
from playground.tabs.matching.probe.probe_set import PHENOMENA
from playground.tabs.matching.probe.request import ProbeRequest
from playground.tabs.matching.probe.trace import Trace
from playground.ui.numbers import rounded
from playground.ui.translations import translate

Figure = dict[str, Any]

HEIGHT = 380
COLORS = 8  # of the page
SPREAD = 0.7  # of the room between two phenomena, over which the methods are laid out


def figure(trace: Trace, request: ProbeRequest, language: str) -> Figure:
    """A group of points for every phenomenon, and a line where guessing is."""
    places = range(len(PHENOMENA))
    names = [translate(language, name) for name in PHENOMENA]
    guessed = {"type": "line", "x0": -0.5, "x1": len(PHENOMENA) - 0.5, "y0": 0.5, "y1": 0.5}
    layout = {
        "xaxis": {
            "tickvals": list(places),
            "ticktext": names,
            "range": [-0.5, len(PHENOMENA) - 0.5],
            "zeroline": False,
        },
        "yaxis": {"title": {"text": translate(language, "right")}, "tickformat": ".0%", "range": [-0.03, 1.03]},
        "height": HEIGHT,
        "margin": {"l": 56, "r": 12, "t": 12, "b": 44},
        "legend": {"orientation": "h", "x": 0, "y": -0.16, "yanchor": "top"},
        "shapes": [guessed | {"line": {"color": "var(--soft)", "width": 1, "dash": "dot"}}],
        "uirevision": f"{request.language} {request.measure}",
        "meta": {
            "title": translate(language, "Who falls for what"),
            "description": translate(
                language, "The share of right answers by phenomenon and method; dotted: guessing."
            ),
        },
    }
    asked = trace.asked.methods if trace.asked else ()
    data = [
        _points(trace, judged, asked.index(id), len(asked), request, language) for id, judged in trace.judged.items()
    ]
    return {"data": data, "layout": layout}


def color(place: int) -> str:
    """The colour of a method by its place among those that were asked."""
    return f"var(--series-{place % COLORS + 1})"


def _points(trace: Trace, judged: Judged, place: int, count: int, request: ProbeRequest, language: str) -> Figure:
    """One method's points, set off from the middle so that all can be told apart."""
    shares = [trace.share(judged, name, request.measure) for name in PHENOMENA]
    offset = SPREAD * ((place + 0.5) / count - 0.5)
    error = {
        "array": [rounded(share.interval[1] - share.value) for share in shares],
        "arrayminus": [rounded(share.value - share.interval[0]) for share in shares],
    }
    return {
        "type": "scatter",
        "mode": "markers",
        "name": translate(language, method_of(judged.method).label),
        "x": [number + offset for number in range(len(shares))],
        "y": [rounded(share.value) for share in shares],
        "text": [f"{share.hits} / {share.trials}" for share in shares],
        "error_y": error | {"thickness": 1, "width": 2, "color": color(place)},
        "marker": {"color": color(place), "size": 9, "symbol": "circle" if place < COLORS else "diamond"},
        "hovertemplate": "%{text}, %{y:.0%}<extra>%{fullData.name}</extra>",
        "showlegend": True,
    }
