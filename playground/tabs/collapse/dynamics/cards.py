"""The flows in words and numbers: a card of HTML above the plots."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from playground.tabs.collapse.dynamics.figures import WITH, WITHOUT
from playground.tabs.collapse.dynamics.frames import Plane, Point, Spectrum
from playground.tabs.collapse.dynamics.request import DynamicsRequest
from playground.tabs.collapse.dynamics.spectrum_figures import learnt
from playground.tabs.collapse.dynamics.trace import Trace
from playground.ui.html import element, text
from playground.ui.translations import translate

FAR = 0.005  # distance from the end that is still mentioned

FITS = "{variant}: the predictor fits (φ = 1), the error is gone, and the encoder stays at θ = {theta}."
COLLAPSES = "{variant}: collapse. θ goes to 0, where φ = {phi}."
AT_ZERO = "The encoder starts at θ = 0: it is collapsed, and nothing moves it."
NO_WAY = (
    "√(θ(0)² + r (1 − φ(0)²)), with r the rate of θ over that of φ, is {theta} here, but the flow with stop-gradient "
    "never gets there: φ would have to pass 0, and θ is 0 before."
)
TOO_SHORT = "{variant}: after this time it is still {distance} away from its end."

NOT_STOPPED = "Without stop-gradient no mode can grow: s′/2s = −(1 − p)² − σ²(1 + p²) − η."
NO_PREDICTOR = "Without a predictor p is 1, and every mode shrinks: s′/2s = τ − 1 − σ² − η."
TOO_MUCH_DECAY = "η = {decay} is not below τ²/(4(1 + σ²)) = {largest}: no useful fixed point, every mode shrinks."
BOTH_SIDES = (
    "On the dashed curve a mode below the unstable point p = {unstable} shrinks to nothing, and one above it comes to "
    "rest at p = {useful}. Where η passes {largest}, both points meet and are gone."
)
RESCUE = "DirectPred leaves a collapsed mode p = ε max s = {p}: above the unstable point it grows back."


def cards_html(trace: Trace, request: DynamicsRequest, language: str) -> str:
    """The card of the exhibit."""
    if request.exhibit == "eigenvalues":
        return _spectrum_card(trace.spectra[0], trace.spectra[-1], request, language) if trace.spectra else ""
    return _numbers_card(trace.plane, trace.points[-1], request, language) if trace.plane and trace.points else ""


def _numbers_card(plane: Plane, now: Point, request: DynamicsRequest, language: str) -> str:
    """Where both flows are, and where they end exactly."""
    titles = ("", "φ, θ now", "φ, θ at the end, exact", "distance", "loss", "drift of the invariant")
    rows = []
    for variant, name in enumerate((WITH, WITHOUT)):
        cells = (
            _pair(now.points[variant].tolist()),
            _pair(plane.ends[variant].tolist()),
            _distance(plane, now, variant),
            float(now.loss[variant]),
            float(now.drift[variant]),
        )
        rows.append([translate(language, name), *(cell if isinstance(cell, str) else f"{cell:.1g}" for cell in cells)])
    title = translate(language, "Where the two flows end, t = {time}", time=f"{now.time:.3g}")
    return _card(
        title, _table([translate(language, each) for each in titles], rows), *_words(plane, now, request, language)
    )


def _words(plane: Plane, now: Point, request: DynamicsRequest, language: str) -> Iterator[str]:
    """What becomes of both flows, in sentences."""
    if request.theta == 0:
        yield translate(language, AT_ZERO)
        return
    for variant, name in enumerate((WITH, WITHOUT)):
        phi, theta = plane.ends[variant].tolist()
        values = {"variant": translate(language, name), "phi": f"{phi:.5g}", "theta": f"{theta:.5g}"}
        yield translate(language, FITS if theta else COLLAPSES, **values)
        if now.done == 1 and _distance(plane, now, variant) > FAR:
            values["distance"] = f"{_distance(plane, now, variant):.2g}"
            yield translate(language, TOO_SHORT, **values)
    squared = request.theta**2 + request.theta_rate / request.phi_rate * (1 - request.phi**2)
    if plane.ends[0, 1] == 0 and squared > 0:
        yield translate(language, NO_WAY, theta=f"{squared**0.5:.5g}")


def _distance(plane: Plane, now: Point, variant: int) -> float:
    apart = now.points[variant] - plane.ends[variant]
    return float((apart @ apart) ** 0.5)


def _pair(values: list[float]) -> str:
    return ", ".join(f"{value:.5f}" for value in values)


def _spectrum_card(start: Spectrum, now: Spectrum, request: DynamicsRequest, language: str) -> str:
    """The modes at the start and now, and what becomes of them."""
    titles = (
        "",
        "above the unstable point",
        "eigenvalues of F",
        "largest angle",
        "‖F W_p − W_p F‖ / ‖F‖‖W_p‖",
        "‖W‖",
        "τ",
        "loss",
    )
    moments = {"At the start": start, "t = {time}": now}
    rows = [[translate(language, name, time=f"{at.time:.3g}"), *_numbers_of(at)] for name, at in moments.items()]
    title = translate(language, "{count} modes and where they may rest", count=len(now.s))
    head = [translate(language, each) for each in titles]
    return _card(title, _table(head, rows), _fixed_points(now, language), *_reasons(now, request, language))


def _numbers_of(at: Spectrum) -> list[str]:
    return [
        f"{sum(learnt(at))} / {len(at.s)}",
        f"{at.s.min():.2g} … {at.s.max():.2g}",
        largest_angle(at),
        f"{at.commutator:.1g}",
        f"{at.norm:.3g}",
        f"{at.tau:.3g}",
        f"{at.loss:.3g}",
    ]


def largest_angle(at: Spectrum) -> str:
    """The largest angle of a mode that is still there."""
    angles = at.angles[~np.isnan(at.angles)]
    return f"{angles.max():.3f}°" if len(angles) else "–"


def _fixed_points(now: Spectrum, language: str) -> str:
    """The fixed points of one mode with their stability."""
    stability = (translate(language, "stable" if slope < 0 else "unstable") for slope in now.fixed_slope.tolist())
    points = ", ".join(f"{p:.4g} ({word})" for p, word in zip(now.fixed_p.tolist(), stability, strict=True))
    return translate(language, "Fixed points of one mode: p = {points}.", points=points)


def _reasons(now: Spectrum, request: DynamicsRequest, language: str) -> Iterator[str]:
    """Why modes shrink or stay, by what the request switches off."""
    largest = f"{now.largest_weight_decay:.4g}"
    if not request.stop_gradient:
        yield translate(language, NOT_STOPPED)
    elif request.predictor == "none":
        yield translate(language, NO_PREDICTOR)
    elif len(now.fixed_p) == 1:
        yield translate(language, TOO_MUCH_DECAY, decay=f"{request.weight_decay:g}", largest=largest)
    else:
        unstable, useful = (f"{p:.4g}" for p in now.fixed_p[1:].tolist())
        yield translate(language, BOTH_SIDES, unstable=unstable, useful=useful, largest=largest)
        if request.predictor == "directpred":
            yield translate(language, RESCUE, p=f"{now.fixed_p[0]:.4g}")


def _card(title: str, table: str, *notes: str) -> str:
    heading = element("h3", text(title), class_="card-title")
    return element("div", heading, table, *(element("p", text(note), class_="note") for note in notes), class_="card")


def _table(head: list[str], rows: list[list[str]]) -> str:
    """A table of plain texts; the first column is words."""
    header = element("tr", *(element("th", text(name), scope="col") for name in head))
    body = (element("tr", *map(_cell, head, row, range(len(row)))) for row in rows)
    return element("div", element("table", header, *body, class_="table"), class_="table-scroll")


def _cell(title: str, content: str, place: int) -> str:
    """A cell; on a phone, where the head is hidden, it bears its column's title."""
    return element("td", text(content), class_="number", data_label=title) if place else element("td", text(content))
