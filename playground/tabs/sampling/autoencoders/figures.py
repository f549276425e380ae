"""How the autoencoders are drawn: a measure over the steps, and how their codes are distributed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from playground.tabs.sampling.autoencoders.cards import shown
from playground.tabs.sampling.autoencoders.frames import AutoencodersFrame
from playground.tabs.sampling.autoencoders.measures import EDGES, NORMAL_QUANTILES, normal_density
from playground.tabs.sampling.autoencoders.names import CURVES, DESCRIPTIONS, NAMES, color
from playground.tabs.sampling.autoencoders.request import AutoencodersRequest, Treatment
from playground.tabs.sampling.autoencoders.view import View
from playground.ui.acts import act_switch
from playground.ui.numbers import rounded
from playground.ui.translations import translate

Figure = dict[str, Any]
LEAST = 0.01  # of a Fréchet distance on the logarithmic axis
MARGINS = {"l": 48, "r": 12, "t": 12, "b": 36}


def curve_switch(request: AutoencodersRequest, language: str) -> str:
    """The buttons that choose the curve."""
    options = [
        (translate(language, name), {"act": "view", "field": "curve", "value": value}, value == request.curve)
        for value, name in CURVES.items()
    ]
    return act_switch(translate(language, "Curve:"), options)


def curve_figure(view: View, request: AutoencodersRequest, language: str) -> Figure:
    """The chosen measure of every treatment over the steps, with what it is measured against."""
    frames = view.recorded(request)
    data = [line for place, name in enumerate(request.treatments) for line in _curves(frames, request, place, name)]
    last = max([request.steps, *(frame.step for frame in frames)], default=1)
    if frames:
        data += _levels(view, request, last, language)
    is_distance = request.curve == "frechet"
    layout = {
        "xaxis": {"range": [0, max(last, 10)], "title": {"text": translate(language, "step")}},
        "yaxis": {"type": "log"} if is_distance else {},
        "shapes": [] if request.moment == 1000 else _moment(view, request),
        "height": 300,
        "margin": MARGINS,
        "uirevision": f"{request.curve} {last}",
        "meta": {"title": translate(language, DESCRIPTIONS[request.curve])},
    }
    return {"data": data, "layout": layout}


def histogram_figure(view: View, request: AutoencodersRequest, language: str, *, live: bool = False) -> Figure:
    """The density of the codes' numbers against that of N(0, 1)."""
    frame = shown(view, request, live)
    middles = (EDGES[1:] + EDGES[:-1]) / 2
    drawn = [] if frame is None else zip(request.treatments, frame.histogram, strict=True)
    data = [_line(NAMES[name], middles, heights, color(name), shape="hvh") for name, heights in drawn]
    data.append(_reference("N(0, 1)", middles, normal_density(middles)))
    layout = {
        "xaxis": {"range": [EDGES[0], EDGES[-1]], "title": {"text": translate(language, "number of a code")}},
        "yaxis": {"rangemode": "tozero"},
        "height": 260,
        "margin": MARGINS,
        "showlegend": False,
        "uirevision": "histogram",
        "meta": {
            "title": translate(language, "Numbers of the test codes, and the normal density"),
            "description": translate(language, "What lies beyond −4 and 4 is not drawn."),
        },
    }
    return {"data": data, "layout": layout}


def quantile_figure(view: View, request: AutoencodersRequest, language: str, *, live: bool = False) -> Figure:
    """Quantiles of the codes' numbers against those of N(0, 1): on the diagonal where they are equal."""
    frame = shown(view, request, live)
    drawn = [] if frame is None else zip(request.treatments, frame.quantiles, strict=True)
    data = [_line(NAMES[name], NORMAL_QUANTILES, values, color(name), mode="markers") for name, values in drawn]
    data.append(_reference("N(0, 1)", NORMAL_QUANTILES, NORMAL_QUANTILES))
    layout = {
        "xaxis": {"title": {"text": translate(language, "quantile of N(0, 1)")}},
        "yaxis": {"title": {"text": translate(language, "of the codes")}},
        "height": 260,
        "margin": MARGINS,
        "showlegend": False,
        "uirevision": "quantiles",
        "meta": {
            "title": translate(language, "QQ plot of the codes' numbers"),
            "description": translate(language, "On the line, a code's numbers are distributed like N(0, 1)."),
        },
    }
    return {"data": data, "layout": layout}


def _curves(
    frames: Sequence[AutoencodersFrame], request: AutoencodersRequest, place: int, treatment: Treatment
) -> Iterator[Figure]:
    steps, name = [frame.step for frame in frames], NAMES[treatment]
    if request.curve != "frechet":
        yield _line(name, steps, [getattr(frame, request.curve)[place] for frame in frames], color(treatment))
        return
    for column, sampler, dash in ((0, "N(0, I)", "solid"), (2, "GMM", "dot")):
        values = [max(float(frame.frechet[place, column]), LEAST) for frame in frames]
        yield _line(f"{name}, {sampler}", steps, values, color(treatment), dash=dash)


def _levels(view: View, request: AutoencodersRequest, last: int, language: str) -> Iterator[Figure]:
    """Dashed lines: what the measure is of real pictures, or of N(0, I) itself."""
    if request.curve == "frechet" and view.start is not None:
        reference = max(view.start.reference, LEAST)
        yield _reference(translate(language, "test pictures"), [0, last], [reference] * 2)
    elif request.curve == "gap":
        yield _reference("N(0, I)", [0, last], [0.0, 0.0])


def _moment(view: View, request: AutoencodersRequest) -> list[Figure]:
    """An upright line at the moment that is shown."""
    frame = view.at(request)
    if frame is None:
        return []
    place = {"x0": frame.step, "x1": frame.step, "y0": 0, "y1": 1}
    return [{"type": "line", "xref": "x", "yref": "paper", **place, "line": {"color": "var(--ink)", "width": 1.4}}]


def _line(
    name: str, x: Any, y: Any, line_color: str, *, mode: str = "lines", dash: str = "solid", shape: str = "linear"
) -> Figure:
    return {
        "type": "scatter",
        "mode": mode,
        "name": name,
        "x": _rounded(x),
        "y": _rounded(y),
        "line": {"color": line_color, "width": 2, "dash": dash, "shape": shape},
        "marker": {"color": line_color, "size": 4},
        "showlegend": False,  # the cards bear the colours
        "hovertemplate": f"{name}: %{{y:.3g}}<extra></extra>",
    }


def _reference(name: str, x: Any, y: Any) -> Figure:
    return _line(name, x, y, "var(--soft)") | {
        "line": {"color": "var(--soft)", "width": 1.2, "dash": "dash"},
        "showlegend": True,
    }


def _rounded(values: Any) -> list[float | None]:
    return [rounded(float(value)) for value in values]
