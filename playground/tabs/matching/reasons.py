"""Which words made the score: tokens side by side as a plot, and words left out as coloured text."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.tabs.matching.cards import CRITERION_TITLES, title_of
from playground.tabs.matching.frames import Aligned, Floats, Occluded
from playground.tabs.matching.methods import CRITERIA, method_of
from playground.tabs.matching.request import MatchingRequest
from playground.tabs.matching.trace import Trace
from playground.ui.acts import act_switch
from playground.ui.html import element, text
from playground.ui.numbers import fixed, rounded
from playground.ui.tables import card
from playground.ui.translations import translate

ROW_HEIGHT, LEAST_HEIGHT = 24, 170
HOW_ALIGNED = (
    "Cosines of the tokens in the last layer, where each has seen its own text but not the other one; of word vectors "
    "in the table itself. A ring marks two tokens that are each other's nearest."
)
HOW_OCCLUDED = (
    "Each word is left out in turn and the pair read again. Coloured: without it the score falls, so it makes the "
    "texts alike. Underlined: without it the score rises, so it keeps them apart. Point at a word for the number."
)


def aligned_in(trace: Trace, request: MatchingRequest) -> Aligned | None:
    """The alignment that is shown: of the chosen method, or else of the first one trained to match."""
    if request.aligned in trace.aligned:
        return trace.aligned[request.aligned]
    trained = (each for id, each in trace.aligned.items() if "cosent" in id)
    return next(trained, next(iter(trace.aligned.values()), None))


def alignment_switch(trace: Trace, request: MatchingRequest, language: str) -> str:
    """The methods whose tokens can be laid side by side."""
    shown = aligned_in(trace, request)
    if shown is None:
        return ""
    options = [(title_of(method_of(id), language), {"aligned": id}, id == shown.method) for id in trace.aligned]
    return element("p", act_switch(translate(language, "Tokens as seen by"), options), class_="curve-switch")


def alignment_figure(trace: Trace, request: MatchingRequest, language: str) -> dict[str, Any]:
    """Tokens of the first text downwards, of the second one across, the deeper the more alike."""
    shown = aligned_in(trace, request)
    drawn = shown is not None and shown.cosines.size > 0
    title = translate(language, "Token by token") if drawn else ""
    return {
        "data": _heat(shown) if shown is not None and drawn else [],
        "layout": {
            "xaxis": _axis(shown.second if shown else ()) | {"side": "top", "showline": False, "visible": drawn},
            "yaxis": _axis(shown.first if shown else ()) | {"autorange": "reversed", "visible": drawn},
            "height": max(LEAST_HEIGHT, 110 + ROW_HEIGHT * len(shown.first if shown else ())),
            "margin": {"l": 12, "r": 12, "t": 12, "b": 12},
            "showlegend": False,
            "uirevision": f"{shown.method if shown else ''} {request.a} {request.b}",
            "meta": {"title": title, "description": translate(language, HOW_ALIGNED)},
        },
    }


def _axis(tokens: tuple[str, ...]) -> dict[str, Any]:
    return {"tickvals": list(range(len(tokens))), "ticktext": [token.replace("<", "&lt;") for token in tokens]}


def _heat(shown: Aligned) -> list[dict[str, Any]]:
    rows, columns = nearest_pairs(shown.cosines)
    heat = {
        "type": "heatmap",
        "z": [[rounded(value) for value in row] for row in shown.cosines.tolist()],
        "zmin": min(0.5, float(shown.cosines.min())),  # trained encoders' tokens are all somewhat alike
        "zmax": 1,
        "colorscale": [[0, "var(--card)"], [1, "var(--accent)"]],
        "xgap": 1,
        "ygap": 1,
        "showscale": False,
        "hovertemplate": "%{y} · %{x}: %{z:.2f}<extra></extra>",
    }
    rings = {
        "type": "scatter",
        "mode": "markers",
        "x": columns,
        "y": rows,
        "hoverinfo": "skip",
        "marker": {"symbol": "circle-open", "size": 11, "color": "var(--ink)", "line": {"width": 1.5}},
    }
    return [heat, rings]


def nearest_pairs(cosines: Floats) -> tuple[list[int], list[int]]:
    """Rows and columns of the tokens that are each other's nearest."""
    across, down = cosines.argmax(axis=1), cosines.argmax(axis=0)
    rows = np.flatnonzero(down[across] == np.arange(len(across)))
    return rows.tolist(), across[rows].tolist()


def reasons_html(trace: Trace, request: MatchingRequest, language: str) -> str:
    """What each word does to the score of a method that reads both texts together; and how the plot above is read."""
    if trace.question is None:
        return ""
    how = [translate(language, HOW_ALIGNED)] if trace.aligned else []
    about = element("p", text(how[0]), class_="note") if how else ""
    return about + "".join(_occluded(each, language) for each in trace.occluded.values())


def _occluded(shown: Occluded, language: str) -> str:
    """The texts once for every criterion."""
    parts = []
    for number, (first, second) in enumerate(zip(shown.first_falls, shown.second_falls, strict=True)):
        if len(shown.first_falls) > 1:
            title = translate(language, CRITERION_TITLES[CRITERIA[number]])
            parts.append(element("p", text(title), class_="meta"))
        most = float(np.abs(np.concatenate([first, second, [1e-6]])).max())
        parts.append(_coloured(shown.first, first, most) + _coloured(shown.second, second, most))
    name = title_of(method_of(shown.method), language)
    title = translate(language, "What each word does to the {method}'s score", method=name)
    return card(title, *parts, notes=[translate(language, HOW_OCCLUDED)])


def _coloured(pieces: tuple[str, ...], falls: Floats, most: float) -> str:
    values = dict(zip(range(1, len(pieces), 2), falls.tolist(), strict=False))
    return element(
        "p", *(_piece(piece, values.get(place), most) for place, piece in enumerate(pieces)), class_="tokens"
    )


def _piece(piece: str, fall: float | None, most: float) -> str:
    if fall is None:
        return text(piece)
    strength = round(60 * abs(fall) / most)
    hue = f"color-mix(in srgb, var(--accent) {strength}%, transparent)"
    rises = f"border-bottom: 2px solid color-mix(in srgb, var(--loop) {strength + 40}%, transparent)"
    style = f"background: {hue}" if fall > 0 else rises
    return element("i", text(piece), style=style, title=fixed(-fall, 3), class_="occluded")


def thumbnail(trace: Trace) -> str:
    """A small picture of the run for the Home card: tokens against tokens."""
    shown = aligned_in(trace, MatchingRequest())
    if shown is None or not shown.cosines.size:
        return ""
    height, width = 90 / shown.cosines.shape[0], 240 / shown.cosines.shape[1]
    cells = [
        element(
            "rect",
            x=f"{width * column + 1:.1f}",
            y=f"{height * row + 1:.1f}",
            width=f"{width - 2:.1f}",
            height=f"{height - 2:.1f}",
            style=f"fill: var(--accent); fill-opacity: {min(1.0, max(0.0, float(cosine))):.2f}",
        )
        for row, cosines in enumerate(shown.cosines)
        for column, cosine in enumerate(cosines)
    ]
    return f'<svg viewBox="0 0 240 90" role="img" aria-label="tokens" preserveAspectRatio="none">{"".join(cells)}</svg>'
