"""How a decoding run is drawn over its steps: p(eos), its rank, or the size of the kept set."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from playground.tabs.decoding.trace import RowTrace, Trace
from playground.ui.acts import act_switch
from playground.ui.translations import translate

COLORS = 8  # the page's series colours; a ninth row starts again with a dashed line
SMALLEST_SHOWN = 1e-6
MOST_MARKS = 40  # marks a line
TITLES = {
    "probability": ("p(<eos>) at each step", "The probability of ending the text, for each decoder."),
    "rank": ("Rank of <eos> at each step", "How many tokens are likelier than ending the text, plus one."),
    "kept": ("Tokens kept at each step", "How many tokens each decoder chose from."),
}
AXES: dict[str, dict[str, Any]] = {
    "probability": {"title": {"text": "p(&lt;eos&gt;)"}, "range": [math.log10(SMALLEST_SHOWN), 0.1]},
    "rank": {"title": {"text": "rank"}, "autorange": "reversed"},
    "kept": {"title": {"text": "tokens"}, "rangemode": "tozero"},
}
SYMBOLS = ((True, "circle-open"), (False, "circle"))  # where <eos> was cut, and where it was kept
COLUMNS = {"probability": "p_eos", "rank": "eos_rank", "kept": "kept_size"}


def color(row: int) -> str:
    """The colour of a row's line and of the mark on its card."""
    return f"var(--series-{row % COLORS + 1})"


def curve_figure(trace: Trace, curve: str, language: str) -> dict[str, Any]:
    """One line a row on a log axis, with marks: hollow where the filter cut <eos>, filled where it kept it.

    The curve of p(eos) has dotted lower bounds, and hollow marks only.
    """
    data = [_line(row, index, curve) for index, row in enumerate(trace.rows) if len(row)]
    data += [mark for index, row in enumerate(trace.rows) for mark in _marks(row, index, curve)]
    if curve == "probability":
        data += [_bound(epsilon, trace, language) for epsilon in sorted({row.epsilon for row in trace.rows} - {0.0})]
    title, description = TITLES[curve]
    layout = {
        "xaxis": {"range": [0, max(8, _longest(trace))]},
        "yaxis": {"type": "log", "dtick": 1, "exponentformat": "power", **AXES[curve]},
        "height": 340,
        "margin": {"l": 64, "r": 12, "t": 26, "b": 30},
        "legend": {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"},
        "uirevision": curve,
        "meta": {"title": translate(language, title), "description": translate(language, description)},
    }
    return {"data": data, "layout": layout}


def curve_switch(curve: str, language: str) -> str:
    """The buttons that choose the curve."""
    names = {"probability": "p(<eos>)", "rank": "rank of <eos>", "kept": "tokens kept"}
    options = [
        (translate(language, name), {"act": "view", "field": "curve", "value": value}, value == curve)
        for value, name in names.items()
    ]
    return act_switch(translate(language, "Curve:"), options)


def _longest(trace: Trace) -> int:
    return max((row.first + len(row) for row in trace.rows), default=0)


def _heights(row: RowTrace, curve: str) -> Sequence[float]:
    """The values of the curve, as far as a log axis shows them."""
    if curve == "probability":
        return [float(f"{max(p, SMALLEST_SHOWN):.3g}") for p in row["p_eos"]]  # three digits travel faster than 17
    return [max(value, 1) for value in row[COLUMNS[curve]]]


def _line(row: RowTrace, index: int, curve: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": row.decoder,
        "showlegend": False,  # its card bears the colour
        "x0": row.first,
        "dx": 1,
        "y": _heights(row, curve),
        "line": {"color": color(index), "width": 2, "dash": "solid" if index < COLORS else "dash"},
        "hovertemplate": f"{row.decoder}: %{{y:.3g}}<extra></extra>",
    }


def _marks(row: RowTrace, index: int, curve: str) -> list[dict[str, Any]]:
    """Marks at steps where <eos> was outside the kept set and inside it, thinned to a readable number."""
    heights, cuts = _heights(row, curve), row["eos_cut"]
    marks = []
    for cut, symbol in (
        ((True, "circle-open"),) if curve == "probability" else ((True, "circle-open"), (False, "circle"))
    ):
        steps = [step for step, each in enumerate(cuts) if bool(each) == cut]
        if not steps:
            continue
        steps = steps[:: math.ceil(len(steps) / MOST_MARKS)]
        mark = {"type": "scatter", "mode": "markers", "showlegend": False, "hoverinfo": "skip"}
        place = {"x": [row.first + step for step in steps], "y": [heights[step] for step in steps]}
        marks.append(mark | place | {"marker": {"symbol": symbol, "size": 6, "color": color(index)}})
    return marks


def _bound(epsilon: float, trace: Trace, language: str) -> dict[str, Any]:
    """1 - (1 - epsilon)^t for new token t = step + 1, the bound of ST, NMST and the floor."""
    steps = list(range(max(2, _longest(trace))))
    return {
        "type": "scatter",
        "mode": "lines",
        "name": translate(language, "bound, ε = {epsilon}", epsilon=f"{epsilon:g}"),
        "x": steps,
        "y": [-math.expm1((step + 1) * math.log1p(-epsilon)) for step in steps],
        "line": {"color": "var(--soft)", "width": 1.2, "dash": "dot"},
        "hoverinfo": "skip",
    }


def thumbnail(trace: Trace) -> str:
    """A small picture of the run for the Home card: p(eos) of every row as an SVG."""
    longest = max(2, _longest(trace))
    lines = "".join(_polyline(row, index, longest) for index, row in enumerate(trace.rows) if len(row) > 1)
    return f'<svg viewBox="0 0 240 90" role="img" aria-label="p(eos)" preserveAspectRatio="none">{lines}</svg>'


def _polyline(row: RowTrace, index: int, longest: int) -> str:
    floor = math.log10(SMALLEST_SHOWN)
    heights = [math.log10(max(p, SMALLEST_SHOWN)) / floor for p in row["p_eos"]]  # 0 at p = 1, 1 at the smallest
    places = enumerate(heights, row.first)
    points = " ".join(f"{240 * step / longest:.1f},{5 + 80 * height:.1f}" for step, height in places)
    return f'<polyline fill="none" style="stroke: {color(index)}" stroke-width="1.6" points="{points}"/>'
