"""How a decoding run is drawn: a card of coloured tokens a row, and p(eos) at each step."""

from __future__ import annotations

import math
from typing import Any

from playground.tabs.decoding.loops import Loop
from playground.tabs.decoding.trace import RowTrace, Trace
from playground.ui.token_view import Status, TokenRow, cards
from playground.ui.translations import translate

COLORS = 8  # the page's series colours; a ninth row starts again with a dashed line
SMALLEST_SHOWN = 1e-6
MOST_MARKS = 40  # hollow marks a line
HOVERS_UNTIL = 4000  # tokens on the page: tooltips are most of the bytes


def color(row: int) -> str:
    """The colour of a row's line and of the mark on its card."""
    return f"var(--series-{row % COLORS + 1})"


def rows_html(trace: Trace, language: str) -> str:
    """One card a row, in the order they were asked for."""
    tooltips = sum(map(len, trace.rows)) <= HOVERS_UNTIL
    return cards(_card(row, index, language, tooltips) for index, row in enumerate(trace.rows))


def _card(row: RowTrace, index: int, language: str, tooltips: bool) -> TokenRow:
    tokens = translate(language, "{count} tokens", count=len(row))
    return TokenRow(
        title=row.decoder,
        tokens=row.texts,
        weights=row.p_model,
        hovers=[_hover(row, step) for step in range(len(row))] if tooltips else [],
        status=_status(row),
        badge=_badge(row, language),
        meta=f"{tokens} · {_loop_text(row.loop, language)}" if row.loop else tokens,
        loop=(row.loop.onset, row.loop.period) if row.loop else None,
        color=color(index),
    )


def _status(row: RowTrace) -> Status:
    return "loop" if row.loop else row.status


def _badge(row: RowTrace, language: str) -> str:
    if row.status == "stopped":
        return translate(language, "stopped")
    if row.loop and row.certified_at >= 0:
        return translate(language, "never stops: certified at step {step}", step=row.certified_at)
    if row.loop:
        return translate(language, "looping")
    return translate(language, "reached the limit") if row.status == "limit" else ""


def _loop_text(loop: Loop, language: str) -> str:
    return translate(language, "period {period} from step {onset}", period=loop.period, onset=loop.onset)


def _hover(row: RowTrace, step: int) -> str:
    others = "  ".join(f"{text!r} {p:.3g}" for _, text, p in row.alternatives[step])
    eos = f"p(<eos>) = {row.p_eos[step]:.3g}, rank {row.eos_rank[step]}" + (", cut" if row.eos_cut[step] else "")
    return f"p = {row.p_model[step]:.3g}, {eos}\n{others}"


def eos_figure(trace: Trace, language: str) -> dict[str, Any]:
    """p(eos) of every row on a log axis, hollow marks where the filter cut it, dotted lower bounds."""
    data = [_line(row, index) for index, row in enumerate(trace.rows) if len(row)]
    data += [_marks(row, index) for index, row in enumerate(trace.rows) if any(row.eos_cut)]
    data += [_bound(epsilon, trace, language) for epsilon in sorted({row.epsilon for row in trace.rows} - {0.0})]
    layout = {
        "xaxis": {"range": [0, max(8, _longest(trace))]},
        "yaxis": {
            "title": {"text": "p(&lt;eos&gt;)"},
            "type": "log",
            "range": [math.log10(SMALLEST_SHOWN), 0.1],
            "dtick": 1,
            "exponentformat": "power",
        },
        "height": 340,
        "margin": {"l": 64, "r": 12, "t": 26, "b": 30},
        "legend": {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"},
        "uirevision": "eos",
        "meta": {
            "title": translate(language, "p(<eos>) at each step"),
            "description": translate(language, "The probability of ending the text, for each decoder."),
        },
    }
    return {"data": data, "layout": layout}


def _longest(trace: Trace) -> int:
    return max((len(row) for row in trace.rows), default=0)


def _line(row: RowTrace, index: int) -> dict[str, Any]:
    dash = "solid" if index < COLORS else "dash"
    shown = [max(p, SMALLEST_SHOWN) for p in row.p_eos]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": row.decoder,
        "showlegend": False,  # its card bears the colour
        "x": list(range(len(row))),
        "y": shown,
        "line": {"color": color(index), "width": 2, "dash": dash},
        "hovertemplate": f"{row.decoder}: %{{y:.3g}}<extra></extra>",
    }


def _marks(row: RowTrace, index: int) -> dict[str, Any]:
    """Hollow marks at steps where <eos> was outside the kept set, thinned to a readable number."""
    steps = [step for step, cut in enumerate(row.eos_cut) if cut]
    steps = steps[:: math.ceil(len(steps) / MOST_MARKS)]
    return {
        "type": "scatter",
        "mode": "markers",
        "showlegend": False,
        "x": steps,
        "y": [max(row.p_eos[step], SMALLEST_SHOWN) for step in steps],
        "marker": {"symbol": "circle-open", "size": 6, "color": color(index)},
        "hoverinfo": "skip",
    }


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
    heights = [math.log10(max(p, SMALLEST_SHOWN)) / floor for p in row.p_eos]  # 0 at p = 1, 1 at the smallest
    points = " ".join(f"{240 * step / longest:.1f},{5 + 80 * height:.1f}" for step, height in enumerate(heights))
    return f'<polyline fill="none" style="stroke: {color(index)}" stroke-width="1.6" points="{points}"/>'
