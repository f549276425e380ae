"""How the exhibits are drawn: two plots each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from playground.tabs.decoding.why.frames import BigramCut, Bound, ProbeStart
from playground.tabs.decoding.why.request import WhyRequest
from playground.tabs.decoding.why.trace import Trace
from playground.ui.translations import translate

Figure = dict[str, Any]
SMALLEST_SHOWN = 1e-8
LEGEND = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"}
DASHES = ("solid", "dash", "dot")  # the lines of the treatments often lie on each other
TREATMENTS = ("<eos> cut like any other", "<eos> always kept (consistent)", "<eos> left out")


def figures(trace: Trace, request: WhyRequest, language: str) -> list[Figure]:
    """The two plots of the exhibit."""
    if request.exhibit == "bigram":
        return [_repetition(trace, request, language), _never_stops(trace, request, language)]
    if request.exhibit == "bound":
        return [_latest(trace.bound, language), _reached(trace.bound, language)]
    sentence = translate(language, "p(sentence) when it is said again")
    ending = translate(language, "p(<eos>) after each copy")
    return [
        _copies(trace, "mean_probability", sentence, "p", language),
        _copies(trace, "p_eos", ending, "p(&lt;eos&gt;)", language),
    ]


def color(index: int) -> str:
    """The colour of a line and of its mark on the card."""
    return f"var(--series-{index % 8 + 1})"


def series_names(start: ProbeStart, language: str) -> list[str]:
    """A short name for every series of a probe."""
    control = translate(language, "control")
    names = zip((model.partition("/")[2] for model in start.models), start.controls.tolist(), strict=True)
    return [f"{name} ({control})" if is_control else name for name, is_control in names]


def _copies(trace: Trace, column: str, title: str, axis: str, language: str) -> Figure:
    """A column of the probe against the copy, on a log axis; controls are dashed."""
    data = []
    for series, name in enumerate(series_names(trace.start, language) if trace.start else ()):
        y = [max(float(getattr(step, column)[series]), SMALLEST_SHOWN) for step in trace.steps]
        dash = "dot" if trace.start and trace.start.controls[series] else "solid"
        x = [step.repeat for step in trace.steps]
        data.append(_line(name, x, y, color(series // 2), dash=dash))
    repeats = trace.start.repeats if trace.start else 2
    xaxis = {"title": {"text": translate(language, "copy")}, "range": [1, max(2, repeats)]}
    yaxis = {"title": {"text": axis}, "type": "log", "exponentformat": "power", "dtick": 1}
    return _figure(data, title, xaxis, yaxis, f"probe-{column}")


def _repetition(trace: Trace, request: WhyRequest, language: str) -> Figure:
    """R against the cut, with Su's lower estimate; triangles at the top where R is infinite."""
    finite = [value for cut in trace.cuts for value in cut.repetition.tolist() if math.isfinite(value)]
    top = 10 ** math.ceil(math.log10(max(finite, default=10.0)) + 0.5)
    data: list[dict[str, Any]] = []
    for index, name in enumerate(TREATMENTS):
        values = [float(cut.repetition[index]) for cut in trace.cuts]
        data += _with_infinite(translate(language, name), _levels(trace.cuts), values, top, index)
    estimate = [cut.lower_estimate if 1e-4 < cut.lower_estimate < top else None for cut in trace.cuts]
    name = translate(language, "Su's lower estimate")
    data.append(_line(name, _levels(trace.cuts), estimate, "var(--soft)", dash="dot"))
    title = translate(language, "Mass of repetition R against the cut (triangles: infinite)")
    yaxis = {"title": {"text": "R"}, "type": "log", "exponentformat": "power", "dtick": 1}
    return _figure(data, title, _cut_axis(request), yaxis, f"R-{request.truncation}", _chosen_line(request))


def _never_stops(trace: Trace, request: WhyRequest, language: str) -> Figure:
    """The probability that a text never ends, against the cut."""
    data = []
    for index, name in enumerate(TREATMENTS):
        values = [float(cut.never_stops[index]) for cut in trace.cuts]
        data.append(_line(translate(language, name), _levels(trace.cuts), values, color(index), DASHES[index]))
    title = translate(language, "Probability that a text never ends, against the cut")
    yaxis = {"title": {"text": "p"}, "range": [-0.03, 1.03]}
    return _figure(data, title, _cut_axis(request), yaxis, f"never-{request.truncation}", _chosen_line(request))


def _latest(bound: Bound | None, language: str) -> Figure:
    """The step at which greedy decoding stops at the latest, against epsilon."""
    title = translate(language, "Greedy decoding stops at the latest after this many steps")
    if bound is None:
        return _figure([], title, _epsilon_axis(), {"type": "log"}, "latest")
    limit = translate(language, "limit, {count} tokens", count=f"{bound.limit:,}")
    data = [
        *_bound_lines(bound, bound.latest.tolist()),
        _line(limit, [1e-6, 0.5], [bound.limit] * 2, "var(--loop)", dash="dot"),
    ]
    yaxis = {"title": {"text": translate(language, "steps")}, "type": "log", "exponentformat": "power", "dtick": 1}
    return _figure(data, title, _epsilon_axis(), yaxis, "latest")


def _reached(bound: Bound | None, language: str) -> Figure:
    """What the bound on p(eos) has reached at the limit, against epsilon."""
    count = f"{bound.limit:,}" if bound else ""
    title = translate(language, "The bound on p(<eos>) after {count} tokens", count=count)
    data = _bound_lines(bound, bound.reached.tolist()) if bound else []
    if bound:
        half = translate(language, "greedy has to stop")
        data.append(_line(half, [1e-6, 0.5], [0.5, 0.5], "var(--loop)", dash="dot"))
    yaxis = {"title": {"text": "p(&lt;eos&gt;) ≥"}, "range": [-0.03, 1.03]}
    return _figure(data, title, _epsilon_axis(), yaxis, "reached")


def _bound_lines(bound: Bound, values: Sequence[float]) -> list[dict[str, Any]]:
    """The curve over epsilon, the epsilons of the table and the one asked for."""
    epsilons, table = bound.epsilons.tolist(), bound.table
    chosen = f"ε = {epsilons[-1]:g}"
    return [
        _line("", epsilons[table:-1], values[table:-1], color(0)) | {"showlegend": False},
        _marks("", epsilons[:table], values[:table], color(0), "circle-open") | {"showlegend": False},
        _marks(chosen, epsilons[-1:], values[-1:], color(1), "circle"),
    ]


def _with_infinite(name: str, x: list[float], y: list[float], top: float, treatment: int) -> list[dict[str, Any]]:
    """A line through the finite values, and triangles at the top for the infinite ones."""
    infinite = [level for level, value in zip(x, y, strict=True) if math.isinf(value)]
    finite = [value if math.isfinite(value) else None for value in y]
    drawn = [_line(name, x, finite, color(treatment), DASHES[treatment])]
    symbol, size = ("triangle-up-open", 14) if treatment else ("triangle-up", 9)
    marks = _marks(name, infinite, [top] * len(infinite), color(treatment), symbol, size) | {"showlegend": False}
    return [*drawn, marks] if infinite else drawn


def _line(name: str, x: Sequence[float], y: Sequence[float | None], color: str, dash: str = "solid") -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name.replace("<", "&lt;"),
        "x": list(x),
        "y": list(y),
        "line": {"color": color, "width": 2, "dash": dash},
        "hovertemplate": "%{x:.3~g}: %{y:.4~g}",
    }


def _marks(name: str, x: Sequence[float], y: Sequence[float], color: str, symbol: str, size: int = 9) -> dict[str, Any]:
    marker = {"symbol": symbol, "size": size, "color": color}
    return _line(name, x, y, color) | {"mode": "markers", "marker": marker}


def _levels(cuts: list[BigramCut]) -> list[float]:
    return [cut.level for cut in cuts]


def _cut_axis(request: WhyRequest) -> dict[str, Any]:
    if request.truncation == "top-k":
        ticks = [1, 2, 4, 8, 16, 32, 64, 128, 256]
        return {"title": {"text": "k"}, "type": "log", "range": [-0.05, math.log10(256) + 0.05], "tickvals": ticks}
    return {"title": {"text": "nucleus"}, "type": "linear", "range": [0, 1.02]}


def _chosen_line(request: WhyRequest) -> list[dict[str, Any]]:
    level = request.k if request.truncation == "top-k" else request.mass
    line = {"color": "var(--soft)", "width": 1, "dash": "dash"}
    return [{"type": "line", "x0": level, "x1": level, "y0": 0, "y1": 1, "yref": "paper", "line": line}]


def _epsilon_axis() -> dict[str, Any]:
    return {"title": {"text": "ε"}, "type": "log", "exponentformat": "power", "dtick": 1, "range": [-6.05, -0.25]}


def _figure(
    data: list[dict[str, Any]],
    title: str,
    xaxis: dict[str, Any],
    yaxis: dict[str, Any],
    kept: str,
    shapes: Sequence[dict[str, Any]] = (),
) -> Figure:
    layout = {
        "xaxis": xaxis,
        "yaxis": yaxis,
        "height": 320,
        "margin": {"l": 64, "r": 12, "t": 30, "b": 44},
        "legend": LEGEND,
        "shapes": list(shapes),
        "uirevision": kept,
        "meta": {"title": title, "description": title},
    }
    return {"data": data, "layout": layout}
