"""How the eigenvalues are drawn: p against s, the growth of a mode, s over time, and the angles."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from playground.tabs.collapse.dynamics.frames import Spectrum
from playground.tabs.collapse.dynamics.plots import Figure, Values, above, axis, figure, line, marks
from playground.ui.translations import translate

KEPT, LOST = "var(--accent)", "var(--loop)"
SMALLEST = 1e-6


def spectrum_figures(spectra: list[Spectrum], language: str) -> list[Figure]:
    """The four plots of the eigenvalues."""
    return [
        _scatter(spectra, language),
        _growth(spectra, language),
        _values(spectra, language),
        _angles(spectra, language),
    ]


def learnt(spectrum: Spectrum) -> list[bool]:
    """Which modes stand above the unstable fixed point."""
    if len(spectrum.fixed_p) == 1:
        return [False] * len(spectrum.s)
    return [p > spectrum.fixed_p[1] for p in spectrum.p.tolist()]


def _scatter(spectra: list[Spectrum], language: str) -> Figure:
    """Every mode at (s, p), the way it came, and the curve and points where modes rest."""
    title = translate(language, "Eigenvalues of W_p against those of F")
    axes = axis(translate(language, "s, eigenvalue of F")), axis(translate(language, "p, eigenvalue of W_p"))
    if not spectra:
        return figure([], title, *axes, "empty")
    last = spectra[-1]
    data = [
        line(
            translate(language, "where modes settle"),
            last.curve_s.tolist(),
            last.curve_p.tolist(),
            "var(--soft)",
            dash="dash",
        )
    ]
    data += _trails(((each.s.tolist(), each.p.tolist()) for each in spectra), last, language)
    data += [*_now(last.s.tolist(), last.p.tolist(), last), *_fixed(last, last.fixed_s.tolist())]
    return figure(data, title, *axes, "scatter")


def _growth(spectra: list[Spectrum], language: str) -> Figure:
    """How fast the eigenvalue s of a mode grows, by its p."""
    title = translate(language, "Growth rate of a mode")
    axes = axis(translate(language, "p, eigenvalue of W_p")), axis("s′ / 2s")
    if not spectra:
        return figure([], title, *axes, "empty")
    last = spectra[-1]
    across = [0.0, float(last.growth_p[-1])]
    at_rest = [float(last.fixed_slope[0]), *[0.0] * (len(last.fixed_p) - 1)]
    data = [
        line("", across, [0, 0], "var(--soft)", width=1),
        line("", last.growth_p.tolist(), last.growth.tolist(), "var(--ink)"),
        *_now(last.p.tolist(), last.mode_growth.tolist(), last),
        *_fixed(last, at_rest, language, over_p=True),
    ]
    description = translate(language, "Where the curve is above zero a mode grows, below it shrinks.")
    return figure(data, title, *axes, "growth", description)


def _values(spectra: list[Spectrum], language: str) -> Figure:
    """The eigenvalues of F over time, and those at which they may rest."""
    title = translate(language, "Eigenvalues of F over time")
    xaxis, yaxis = axis(translate(language, "time"), rangemode="tozero"), axis("s", type="log", exponentformat="power")
    if not spectra:
        return figure([], title, xaxis, yaxis, "empty")
    last = spectra[-1]
    times = [[each.time] * len(each.s) for each in spectra]
    values = (above(SMALLEST, each.s.tolist()) for each in spectra)
    data = _trails(zip(times, values, strict=True), last, language)
    for place, dash in enumerate(("dot", "dash"), start=1):
        for s in last.fixed_s.tolist()[place : place + 1]:
            data.append(line("", [0, last.time], above(SMALLEST, [s, s]), "var(--soft)", dash=dash))
    return figure(data, title, xaxis, yaxis | {"dtick": 1}, "values")


def _angles(spectra: list[Spectrum], language: str) -> Figure:
    """The angle between every eigenvector of F and what W_p makes of it."""
    title = translate(language, "Angle between v and W_p v for every eigenvector v of F")
    xaxis = axis(translate(language, "time"), rangemode="tozero")
    ways = (([each.time] * len(each.angles), _known(each.angles.tolist())) for each in spectra)
    data = [trail | {"showlegend": False} for trail in _trails(ways, spectra[-1], language)] if spectra else []
    yaxis = axis(translate(language, "degrees"), rangemode="tozero")
    return figure(data, title, xaxis, yaxis, "angles")


def _known(values: list[float]) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values]


def _trails(ways: Iterable[tuple[list[float], Values]], last: Spectrum, language: str) -> list[dict[str, Any]]:
    """A line for each mode through its (x, y) at every moment: one trace of those learnt, one of the others."""
    moments = list(ways)
    names = {True: "learnt modes", False: "collapsing modes"}
    traces = []
    for kept, name in names.items():
        x: list[float | None] = []
        y: list[float | None] = []
        for mode, is_kept in enumerate(learnt(last)):
            if is_kept == kept:
                x += [*(at[0][mode] for at in moments), None]
                y += [*(at[1][mode] for at in moments), None]
        if x:
            traces.append(line(translate(language, name), x, y, KEPT if kept else LOST, width=1.5, opacity=0.75))
    return traces


def _now(x: list[float], y: list[float], last: Spectrum) -> list[dict[str, Any]]:
    """Where the modes are at the last moment."""
    color = [KEPT if kept else LOST for kept in learnt(last)]
    return [marks("", x, y, KEPT, size=7) | {"marker": {"size": 8, "color": color, "line": {"width": 0}}}]


def _fixed(last: Spectrum, other: list[float], language: str = "", over_p: bool = False) -> list[dict[str, Any]]:
    """The fixed points, full where they are stable; `other` is their second coordinate."""
    traces = []
    for stable, name, symbol in ((True, "stable", "diamond"), (False, "unstable", "diamond-open")):
        chosen = [place for place, slope in enumerate(last.fixed_slope.tolist()) if (slope < 0) == stable]
        p, rest = [float(last.fixed_p[place]) for place in chosen], [other[place] for place in chosen]
        x, y = (p, rest) if over_p else (rest, p)
        if chosen:
            shown = translate(language, name) if over_p else ""
            traces.append(marks(shown, x, y, "var(--series-3)", symbol, 11))
    return traces
