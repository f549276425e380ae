"""What the panel's figures are made of: lines, marks, and the frame around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Figure = dict[str, Any]
Values = Sequence[float | None]

LEGEND = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"}
HEIGHT = 320


def rounded(values: Values) -> list[float | None]:
    """Values at the accuracy that a screen shows."""
    return [None if value is None else float(f"{value:.5g}") for value in values]


def above(least: float, values: Sequence[float]) -> list[float | None]:
    """Values that a log axis still shows; None ends their line."""
    return [value if value >= least else None for value in values]


def line(
    name: str, x: Values, y: Values, color: str, *, dash: str = "solid", width: float = 2, opacity: float = 1
) -> dict[str, Any]:
    """A line; without a name it stands in no legend, and None breaks it."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "showlegend": bool(name),
        "x": rounded(x),
        "y": rounded(y),
        "line": {"color": color, "width": width, "dash": dash},
        "opacity": opacity,
        "hovertemplate": "%{x:.4~g}, %{y:.4~g}",
    }


def marks(name: str, x: Values, y: Values, color: str, symbol: str = "circle", size: int = 9) -> dict[str, Any]:
    """Single points."""
    marker = {"symbol": symbol, "size": size, "color": color, "line": {"color": color, "width": 2}}
    return line(name, x, y, color) | {"mode": "markers", "marker": marker}


def figure(
    data: list[dict[str, Any]],
    title: str,
    xaxis: dict[str, Any],
    yaxis: dict[str, Any],
    kept: str,
    description: str = "",
    notes: Sequence[dict[str, Any]] = (),
) -> Figure:
    """Lines on their axes; the visitor's zoom is kept as long as `kept` stays."""
    layout = {
        "xaxis": {"zeroline": False} | xaxis,
        "yaxis": {"zeroline": False} | yaxis,
        "height": HEIGHT,
        "margin": {"l": 56, "r": 12, "t": 30, "b": 44},
        "legend": LEGEND,
        "annotations": list(notes),
        "uirevision": kept,
        "meta": {"title": title, "description": description or title},
    }
    return {"data": data, "layout": layout}


def axis(title: str, **options: Any) -> dict[str, Any]:
    """An axis with its title."""
    return {"title": {"text": title}, **options}


def note(x: float, y: float, words: str, color: str, **options: Any) -> dict[str, Any]:
    """A word in the plot at a point."""
    colors = {"font": {"color": color}, "bgcolor": "var(--card)"}
    return {"x": x, "y": y, "text": words, "showarrow": False} | colors | options
