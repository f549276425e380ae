"""How the panel is drawn: a measure of every critic over the steps, and the batches' distances as two curves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from playground.tabs.sampling.critic.batch_cards import KINDS
from playground.tabs.sampling.critic.frames import Batches, CriticFrame
from playground.tabs.sampling.critic.names import CURVES, DESCRIPTIONS, NAMES, color
from playground.tabs.sampling.critic.request import CriticRequest, Metric
from playground.tabs.sampling.critic.view import View
from playground.ui.acts import act_switch
from playground.ui.numbers import rounded
from playground.ui.translations import translate

Figure = dict[str, Any]
MARGINS = {"l": 52, "r": 12, "t": 26, "b": 40}
FIXED = {"real": "var(--series-1)", "centres": "var(--series-4)"}
LIMIT = math.sqrt(2)


def curve_switch(request: CriticRequest, language: str) -> str:
    """The buttons that choose the curve."""
    if request.exhibit == "batches":
        return ""
    options = [
        (translate(language, name), {"act": "view", "field": "metric", "value": value}, value == request.metric)
        for value, name in CURVES.items()
        if value != "frechet" or request.data == "digits"
    ]
    return act_switch(translate(language, "Curve:"), options)


def figures(view: View, request: CriticRequest, language: str) -> list[Figure]:
    """The exhibit's two plots."""
    if request.exhibit == "batches":
        return [_sweep(view, request, name, language) for name in ("dimension", "batch")]
    return [_curves(view, request, metric, language) for metric in (request.metric, _second(request))]


def _second(request: CriticRequest) -> Metric:
    """What stands beside the chosen curve: how good the fakes are where they move, else how steep the critics are."""
    if not request.generator:
        return "gradient"
    return "frechet" if request.data == "digits" else "distance"


def _curves(view: View, request: CriticRequest, metric: Metric, language: str) -> Figure:
    """A measure of every critic over the steps, with what it is measured against."""
    frames = view.recorded(request)
    data = [
        line
        for place, critic in enumerate(request.critics)
        for line in _lines(frames, metric, place, translate(language, NAMES[critic]), color(critic))
    ]
    last = max(request.steps, 10, *(frame.step for frame in frames[-1:]))
    if frames:
        data += _levels(view, metric, last, language)
    layout = {
        "xaxis": {"range": [0, last], "title": {"text": translate(language, "step")}},
        "yaxis": {"type": "log"} if metric == "frechet" else {"rangemode": "tozero"},
        "shapes": [] if request.moment == 1000 else _moment(view, request),
        "height": 300,
        "margin": MARGINS,
        "uirevision": f"{metric} {last}",
        "meta": {"title": translate(language, DESCRIPTIONS[metric])},
    }
    return {"data": data, "layout": layout}


def _lines(frames: Sequence[CriticFrame], metric: Metric, place: int, name: str, ink: str) -> Iterator[Figure]:
    """The curves of one critic."""
    steps = [frame.step for frame in frames]

    def line(value: Callable[[CriticFrame], float], dash: str = "solid") -> Figure:
        return _line(name, steps, [value(frame) for frame in frames], ink, dash)

    if metric == "share":
        yield line(lambda frame: float(frame.estimate[place] / frame.exact[place]))
        return
    yield line(lambda frame: float(getattr(frame, metric)[place]))
    beside = {"estimate": "exact", "gradient": "steepest"}.get(metric)
    if beside:
        yield line(lambda frame: float(getattr(frame, beside)[place]), "dot")


def _levels(view: View, metric: Metric, last: int, language: str) -> list[Figure]:
    """Dashed: what real points reach, or what an estimate should."""
    start = view.start
    if start is None:
        return []
    real, exact = translate(language, "two real sets"), translate(language, "exact")
    levels = {
        "share": (exact, 1.0),
        "gradient": ("1", 1.0),
        "distance": (real, start.reference),
        "spread": (translate(language, "real points"), start.spread),
        "frechet": (real, start.frechet),
    }
    return [_level(*levels[metric], [0, last])] if metric in levels else []


def _sweep(view: View, request: CriticRequest, name: str, language: str) -> Figure:
    """Distances over that to the mean, for each dimension or batch size."""
    known = view.sweep(name)
    places = [getattr(batches, name) for batches in known]
    data = [
        _line(translate(language, KINDS[kind]), places, [_ratio(each, kind) for each in known], ink)
        | {"mode": "lines+markers", "showlegend": True}
        for kind, ink in FIXED.items()
    ]
    if places:
        data.append(_level(translate(language, KINDS["mean"]), 1.0, [places[0], places[-1]]))
        if request.ground == "normal":
            data.append(_level("√2", LIMIT, [places[0], places[-1]], "dot"))
    titles = {
        "dimension": translate(language, "Over the dimension, batches of {batch}", batch=request.batch),
        "batch": translate(language, "Over the batch size, in {dimension} dimensions", dimension=_dimension(view)),
    }
    layout = {
        "xaxis": {
            "type": "log",
            "title": {"text": translate(language, name)},
            "tickvals": places,
            "ticktext": [str(each) for each in places],
        },
        "yaxis": {"title": {"text": translate(language, "distance, to the mean = 1")}, "range": [0, 1.5]},
        "height": 320,
        "margin": MARGINS,
        "uirevision": name,
        "meta": {
            "title": titles[name],
            "description": translate(language, "Below 1 is closer to a real batch than the mean is."),
        },
    }
    return {"data": data, "layout": layout}


def _dimension(view: View) -> int:
    """The dimension in which the batch size varies."""
    return max((batches.dimension for batches in view.sweep("batch")), default=0)


def _ratio(batches: Batches, kind: str) -> float:
    return float(getattr(batches, kind).mean() / batches.mean.mean())


def _line(name: str, x: Sequence[float], y: Sequence[float], ink: str, dash: str = "solid") -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "showlegend": False,
        "x": list(x),
        "y": [rounded(value) for value in y],
        "line": {"color": ink, "width": 2 if dash == "solid" else 1.2, "dash": dash},
        "hovertemplate": f"{name}: %{{y:.3g}}<extra></extra>",
    }


def _level(name: str, value: float, across: Sequence[float], dash: str = "dash") -> Figure:
    return _line(name, across, [value, value], "var(--soft)", dash) | {"showlegend": True}


def _moment(view: View, request: CriticRequest) -> list[Figure]:
    """An upright line where the shown picture is."""
    frame = view.at(request)
    if frame is None:
        return []
    line = {"color": "var(--soft)", "width": 1}
    return [
        {"type": "line", "xref": "x", "yref": "paper", "x0": frame.step, "x1": frame.step, "y0": 0, "y1": 1}
        | {"line": line}
    ]
