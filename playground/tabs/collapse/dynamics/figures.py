"""How the two flows are drawn: four plots each, here those of two numbers."""

from __future__ import annotations

from typing import Any

from playground.tabs.collapse.dynamics.frames import Plane
from playground.tabs.collapse.dynamics.plots import Figure, above, axis, figure, line, marks, note
from playground.tabs.collapse.dynamics.request import DynamicsRequest
from playground.tabs.collapse.dynamics.spectrum_figures import spectrum_figures
from playground.tabs.collapse.dynamics.trace import Trace
from playground.ui.translations import translate

WITH, WITHOUT = "With stop-gradient", "Without stop-gradient"
SHORT = ("with", "without")
COLORS = ("var(--accent)", "var(--loop)")
SMALLEST_LOSS = 1e-8
ROOM = 0.18  # of the plane's width, for a word


def figures(trace: Trace, request: DynamicsRequest, language: str) -> list[Figure]:
    """The four plots of the exhibit."""
    if request.exhibit == "eigenvalues":
        return spectrum_figures(trace.spectra, language)
    planes = [_plane(trace, variant, language) for variant in (0, 1)]
    return [*planes, _numbers(trace, language), _loss(trace, language)]


def _plane(trace: Trace, variant: int, language: str) -> Figure:
    """The flow over (φ, θ), the way taken and its exact end."""
    title = translate(language, (WITH, WITHOUT)[variant])
    if trace.plane is None:
        return figure([], title, axis("φ"), axis("θ"), "empty")
    left, right, low, high = trace.plane.window.tolist()
    data = [*_background(trace.plane, variant), *_way(trace, trace.plane, variant)]
    description = translate(language, "Arrows show where every pair of φ and θ moves; the line is the way taken.")
    kept = f"{variant}-{left:.3f}-{right:.3f}-{low:.3f}-{high:.3f}"
    xaxis, yaxis = axis("φ", range=[left, right], showgrid=False), axis("θ", range=[low, high], showgrid=False)
    return figure(data, title, xaxis, yaxis, kept, description, _words(trace.plane, variant, language))


def _words(plane: Plane, variant: int, language: str) -> list[dict[str, Any]]:
    """What the two lines at rest do, where there is room to say it."""
    left, right, _, high = plane.window.tolist()
    split = ((left, 0, "attracts"), (0, 1, "repels"), (1, right, "attracts"))
    stretches = ((left, right, "attracts"),) if variant else split
    words = [
        note((begin + end) / 2, 0, translate(language, word), "var(--loop)", yanchor="top")
        for begin, end, word in stretches
        if end - begin > ROOM * (right - left)
    ]
    return [*words, note(1, high, "φ = 1", "var(--series-3)", xanchor="left", yanchor="top", xshift=3)]


def _background(plane: Plane, variant: int) -> list[dict[str, Any]]:
    """Level curves of the invariant, the flow's arrows, and the two lines on which it rests."""
    _, _, low, high = plane.window.tolist()
    return [
        _levels(plane, variant),
        _level_of_start(plane, variant),
        _arrows(plane, variant),
        *_collapsed(plane, variant),
        line("", [1, 1], [low, high], "var(--series-3)", width=1.5),
    ]


def _levels(plane: Plane, variant: int) -> dict[str, Any]:
    return {
        "type": "contour",
        "x": [round(value, 4) for value in plane.grid_phi.tolist()],
        "y": [round(value, 4) for value in plane.grid_theta.tolist()],
        "z": [[round(value, 3) for value in row] for row in plane.invariant[variant].tolist()],
        "contours": {"coloring": "none"},
        "ncontours": 16,
        "line": {"color": "var(--line)", "width": 1},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _level_of_start(plane: Plane, variant: int) -> dict[str, Any]:
    """The one level curve that the flow from the start cannot leave."""
    level = float(plane.start_invariant[variant])
    only = {"coloring": "none", "start": level, "end": level, "size": 1}
    dotted = {"color": "var(--soft)", "width": 1, "dash": "dot"}
    return _levels(plane, variant) | {"contours": only, "autocontour": False, "line": dotted}


def _arrows(plane: Plane, variant: int) -> dict[str, Any]:
    """Every arrow is a line of two points, whose second bears the head."""
    x: list[float | None] = []
    y: list[float | None] = []
    for (x0, y0), (x1, y1) in zip(plane.arrows_from.tolist(), plane.arrows_to[variant].tolist(), strict=True):
        if (x0, y0) != (x1, y1):
            x, y = [*x, x0, x1, None], [*y, y0, y1, None]
    head = {"symbol": "arrow", "angleref": "previous", "size": [0, 7, 0] * (len(x) // 3), "color": "var(--soft)"}
    drawn = line("", x, y, "var(--soft)", width=1, opacity=0.55)
    return drawn | {"mode": "lines+markers", "marker": head | {"opacity": 1, "line": {"width": 0}}, "hoverinfo": "skip"}


def _collapsed(plane: Plane, variant: int) -> list[dict[str, Any]]:
    """The line θ = 0: solid where it attracts; with stop-gradient it repels between φ = 0 and 1."""
    left, right, _, _ = plane.window.tolist()
    if variant == 1:
        return [line("", [left, right], [0, 0], "var(--loop)")]
    outside: list[float | None] = [left, 0, None, 1, right]
    return [
        line("", outside, [None if x is None else 0 for x in outside], "var(--loop)"),
        line("", [0, 1], [0, 0], "var(--loop)", dash="dot", width=1.5),
    ]


def _way(trace: Trace, plane: Plane, variant: int) -> list[dict[str, Any]]:
    """The flow so far, where it is now, and where it will end."""
    phi, theta = ([float(point.points[variant, place]) for point in trace.points] for place in (0, 1))
    end_phi, end_theta = plane.ends[variant].tolist()
    return [
        line("", phi, theta, "var(--ink)", width=2.5),
        marks("", phi[:1], theta[:1], "var(--ink)", "circle-open", 10),
        marks("", phi[-1:], theta[-1:], "var(--ink)", "circle", 8),
        marks("", [end_phi], [end_theta], "var(--ink)", "x-thin", 12),
    ]


def _numbers(trace: Trace, language: str) -> Figure:
    """φ and θ over time, of both flows."""
    times = [point.time for point in trace.points]
    data = []
    for variant, name in enumerate(SHORT):
        for place, (number, dash) in enumerate((("φ", "dot"), ("θ", "solid"))):
            values = [float(point.points[variant, place]) for point in trace.points]
            data.append(line(f"{number} {translate(language, name)}", times, values, COLORS[variant], dash=dash))
    return figure(data, translate(language, "The two numbers over time"), _time(language), axis(""), "numbers")


def _loss(trace: Trace, language: str) -> Figure:
    """The loss of both flows: it cannot tell them apart."""
    times, data = [point.time for point in trace.points], []
    for variant, name in enumerate(SHORT):
        loss = above(SMALLEST_LOSS, [float(point.loss[variant]) for point in trace.points])
        data.append(line(translate(language, name), times, loss, COLORS[variant]))
    title = translate(language, "The loss falls either way")
    yaxis = axis(translate(language, "loss"), type="log", exponentformat="power", dtick=1)
    return figure(data, title, _time(language), yaxis, "loss")


def _time(language: str) -> dict[str, Any]:
    return axis(translate(language, "time"), rangemode="tozero")
