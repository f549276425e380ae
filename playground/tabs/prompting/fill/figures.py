"""The words tried, in the three orders, as bars."""

from __future__ import annotations

from typing import Any

from playground.tabs.prompting.fill.trace import ORDERS, Trace
from playground.ui.numbers import rounded
from playground.ui.translations import translate

Figure = dict[str, Any]
HEIGHT = 300


def figure(trace: Trace, language: str) -> Figure:
    """A group of bars for every word that the model knows: the mean log-probability of a piece in each order."""
    words = [word for word in trace.words if word.known]
    means = [word.log_probability.mean(axis=1).tolist() for word in words]
    bars = [
        {
            "type": "bar",
            "name": translate(language, name),
            "x": [word.word for word in words],
            "y": [rounded(mean[order]) for mean in means],
            "marker": {"color": f"var(--series-{order + 1})"},
        }
        for order, name in enumerate(ORDERS)
    ]
    title = translate(language, "Mean ln p of a word's pieces")
    layout = {
        "xaxis": {"type": "category", "side": "top", "tickangle": 0},
        "yaxis": {"title": {"text": translate(language, "ln p a piece")}, "rangemode": "tozero"},
        "height": HEIGHT,
        "margin": {"l": 60, "r": 12, "t": 34, "b": 40},
        "legend": {"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top"},
        "uirevision": " ".join(word.word for word in words),
        "meta": {"title": title, "description": title},
    }
    return {"data": bars if words else [], "layout": layout}
