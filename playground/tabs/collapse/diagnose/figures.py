"""How the spectrum of a diagnosis is drawn."""

from __future__ import annotations

from typing import Any

from playground.tabs.collapse.diagnose.frames import Diagnosed
from playground.tabs.collapse.figures import SMALLEST_EIGENVALUE
from playground.ui.numbers import rounded
from playground.ui.translations import translate

Figure = dict[str, Any]


def spectrum_figure(diagnosed: Diagnosed | None, language: str) -> Figure:
    """The eigenvalues of the covariance of the normalised outputs, largest first, on a log axis."""
    values = [] if diagnosed is None else diagnosed.spectrum.tolist()
    largest = max([*values, SMALLEST_EIGENVALUE])
    layout = {
        "xaxis": {"title": {"text": translate(language, "eigenvalue, largest first")}, "rangemode": "tozero"},
        "yaxis": {"type": "log", "exponentformat": "power"},
        "height": 260,
        "margin": {"l": 52, "r": 12, "t": 12, "b": 36},
        "showlegend": False,
        "uirevision": f"spectrum {len(values)} {largest:.3g}",
        "meta": {
            "title": translate(language, "Spectrum of the outputs' covariance"),
            "description": translate(language, "A line that falls steeply means that few dimensions are in use."),
        },
    }
    return {"data": [_line(values, largest)] if values else [], "layout": layout}


def _line(values: list[float], largest: float) -> Figure:
    least = max(SMALLEST_EIGENVALUE * largest, 1e-30)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x0": 1,
        "dx": 1,
        "y": [rounded(max(value, least)) for value in values],
        "line": {"color": "var(--series-1)", "width": 1.6},
        "marker": {"size": 4},
        "hovertemplate": "%{y:.2g}<extra></extra>",
    }
