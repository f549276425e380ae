"""How far the two models agree: one plot for each exhibit."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.tabs.prompting.t_ta.frames import Floats, Influence
from playground.tabs.prompting.t_ta.trace import MODELS, VARIANTS, Trace
from playground.ui.numbers import rounded
from playground.ui.translations import translate

Figure = dict[str, Any]
HEIGHT = 340


def figure(trace: Trace, language: str) -> Figure:
    """Tokens or pairs under both models against each other, or every token's influence on itself."""
    if trace.influence is not None:
        return _diagonals(trace.influence, language)
    if trace.pairs:
        ahead = np.array([pair.scores[:, 0] - pair.scores[:, 1] for pair in trace.pairs]).T
        names = [f"{pair.right} → {pair.wrong}" for pair in trace.pairs]
        title = translate(language, "How far the sentence is ahead of its copy, in nats")
        return _against(ahead, names, title, language)
    if not trace.scored:
        return _framed([], "", "", "", "empty")
    log_p = np.concatenate([scored.log_probability for scored in trace.scored], axis=1)
    names = [token for scored in trace.scored for token in scored.tokens]
    return _against(log_p, names, translate(language, "ln p of every token"), language)


def _against(values: Floats, names: list[str], title: str, language: str) -> Figure:
    """Points (2, n): T-TA to the right, the masked language model upwards, and the line where they agree."""
    low, high = float(values.min()), float(values.max())
    agree = {"type": "scatter", "mode": "lines", "x": [low, high], "y": [low, high], "hoverinfo": "skip"}
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": [rounded(value) for value in values[0].tolist()],
        "y": [rounded(value) for value in values[1].tolist()],
        "text": names,
        "marker": {"color": "var(--accent)", "size": 8, "opacity": 0.75},
        "hovertemplate": "%{text}<br>%{x:.3~g}, %{y:.3~g}<extra></extra>",
    }
    line = agree | {"line": {"color": "var(--soft)", "width": 1, "dash": "dot"}}
    x, y = (translate(language, name) for name in MODELS)
    return _framed([line, points], title, x, y, f"{low:.2f}-{high:.2f}")


def _diagonals(of: Influence, language: str) -> Figure:
    """Each token's influence on its own output, by variant."""
    places = list(range(len(of.tokens)))
    lines = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": translate(language, name),
            "x": places,
            "y": [rounded(value) for value in matrix.diagonal().tolist()],
            "line": {"color": f"var(--series-{number})", "width": 2},
        }
        for number, (name, matrix) in enumerate(zip(VARIANTS, of.matrices, strict=True), start=1)
    ]
    title = translate(language, "Every token's influence on its own output")
    shown = _framed(lines, title, "", translate(language, "influence"), "-".join(of.tokens))
    shown["layout"]["xaxis"] |= {"tickvals": places, "ticktext": list(of.tokens)}
    shown["layout"]["showlegend"] = True
    return shown


def _framed(data: list[dict[str, Any]], title: str, x: str, y: str, kept: str) -> Figure:
    layout = {
        "xaxis": {"title": {"text": x}, "zeroline": False},
        "yaxis": {"title": {"text": y}, "zeroline": False},
        "height": HEIGHT,
        "margin": {"l": 60, "r": 12, "t": 30, "b": 48},
        "showlegend": False,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "uirevision": kept,
        "meta": {"title": title, "description": title},
    }
    return {"data": data, "layout": layout}
