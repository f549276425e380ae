"""How the losses are drawn: three measures over the steps, sentences on a map, and how cosines are distributed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.tabs.matching.train.frames import TrainFrame, TrainStart
from playground.tabs.matching.train.measures import EDGES
from playground.tabs.matching.train.names import NAMES, color
from playground.tabs.matching.train.request import MatchingTrainRequest
from playground.tabs.matching.train.view import View
from playground.ui.acts import act_switch
from playground.ui.numbers import rounded
from playground.ui.translations import translate

Figure = dict[str, Any]
MARGINS = {"l": 52, "r": 12, "t": 30, "b": 44}
LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
Fields = tuple[tuple[str, str], ...]  # of a frame, with their dashes
# The measures from top to bottom: axis, which part of the height, title, fields.
PARTS: tuple[tuple[str, tuple[float, float], str, Fields], ...] = (
    ("y", (0.74, 1.0), "Loss, as a share of that at the start", (("loss", "solid"),)),
    ("y2", (0.40, 0.64), "Training accuracy", (("accuracy", "solid"),)),
    (
        "y3",
        (0.0, 0.30),
        "Spearman: solid validation, dotted training",
        (("spearman", "solid"), ("training_spearman", "dot")),
    ),
)
KINDS = ("different", "alike")
COLORS = ("var(--loop)", "var(--accent)")


def curve_figure(view: View, request: MatchingTrainRequest, language: str) -> Figure:
    """Loss, training accuracy and Spearman of every loss, one below the other over the same steps."""
    frames = view.recorded(request)
    last = max([request.steps, *(frame.step for frame in frames)], default=1)
    axes = {
        f"yaxis{axis[1:]}": {"domain": list(domain), "tickformat": ".0%" if axis == "y2" else ""}
        for axis, domain, _, _ in PARTS
    }
    titles = [_title(translate(language, title), domain[1]) for _, domain, title, _ in PARTS]
    layout = {
        "xaxis": {"range": [0, max(last, 10)], "anchor": "y3", "title": {"text": translate(language, "step")}},
        **axes,
        "annotations": titles,
        "shapes": [] if request.moment == 1000 else _moment(view, request),
        "height": 520,
        "margin": MARGINS | {"t": 56},
        "legend": LEGEND | {"y": 1.08},
        "uirevision": f"curves {last}",
        "meta": {
            "title": translate(language, "What each loss trains, and what becomes of the ranking"),
            "description": translate(language, "Loss, training accuracy and Spearman over the steps, a line a loss."),
        },
    }
    return {"data": list(_curves(frames, request, language)), "layout": layout}


def shown_switch(request: MatchingTrainRequest, language: str) -> str:
    """The buttons that choose whose vectors are drawn."""
    options = [
        (translate(language, NAMES[loss]), {"act": "view", "field": "shown", "value": loss}, loss == request.drawn())
        for loss in request.losses
    ]
    return act_switch(translate(language, "Vectors of:"), options)


def map_figures(view: View, request: MatchingTrainRequest, language: str, *, live: bool = False) -> list[Figure]:
    """Validation pairs on the map before training and at the shown moment, on the same axes."""
    frame, place = view.at(request, live=live), request.losses.index(request.drawn())
    name = translate(language, NAMES[request.drawn()])
    titles = (
        translate(language, "Sentences before training"),
        translate(language, "…and after {step} steps of {name}", step=f"{frame.step:,}" if frame else "0", name=name),
    )
    if view.start is None or frame is None:
        return [_map_layout([], title, "", 1.0) for title in titles]
    moments = [each.points[place].astype(np.float64) for each in (view.frames[0], frame)]
    reach = 1.05 * max(float(np.abs(points).max()) for points in moments)
    said = translate(
        language,
        "Pairs of validation sentences, joined by a line; the axes hold {share} of the variance before training.",
        share=f"{view.start.share:.0%}",
    )
    return [
        _map_layout(list(_pairs(points, view.start, request, language)), title, said, reach)
        for points, title in zip(moments, titles, strict=True)
    ]


def histogram_figure(view: View, request: MatchingTrainRequest, language: str, *, live: bool = False) -> Figure:
    """Cosines of validation pairs that are alike and that are not, at the shown moment; dotted before training."""
    frame, place = view.at(request, live=live), request.losses.index(request.drawn())
    data = []
    if frame is not None:
        before = translate(language, "before")
        for kind, (word, line) in enumerate(zip(KINDS, COLORS, strict=True)):
            name = translate(language, word)
            data.append(_steps(name, frame.histogram[place, kind], line, "solid"))
            data.append(_steps(f"{name}, {before}", view.frames[0].histogram[place, kind], line, "dot"))
    name = translate(language, NAMES[request.drawn()])
    layout = {
        "xaxis": {"range": [-1, 1], "title": {"text": translate(language, "cosine")}},
        "yaxis": {"rangemode": "tozero", "title": {"text": translate(language, "density")}},
        "height": 280,
        "margin": MARGINS,
        "legend": LEGEND,
        "uirevision": "cosines",
        "meta": {"title": translate(language, "Cosines of validation pairs, {name}", name=name)},
    }
    return {"data": data, "layout": layout}


def _curves(frames: Sequence[TrainFrame], request: MatchingTrainRequest, language: str) -> Iterator[Figure]:
    steps = [frame.step for frame in frames]
    for place, loss in enumerate(request.losses if frames else ()):
        name = translate(language, NAMES[loss])
        for axis, _, _, fields in PARTS:
            for field, dash in fields:
                values = np.array([getattr(frame, field)[place] for frame in frames])
                values = values / values[0] if field == "loss" else values
                line = _line(name, steps, values, color(loss), dash=dash)
                yield line | {"yaxis": axis, "legendgroup": loss, "showlegend": axis == "y"}


def _pairs(
    points: npt.NDArray[np.float64], start: TrainStart, request: MatchingTrainRequest, language: str
) -> Iterator[Figure]:
    """The pairs (P) of sentences at points (M, 2): a line each, one trace a kind."""
    alike = start.labels >= request.alike_from
    for kind, (word, line) in enumerate(zip(KINDS, COLORS, strict=True)):
        links = start.links[alike == bool(kind)].tolist()
        x, y, said = [], [], []
        for a, b in links:
            x += [rounded(points[a, 0]), rounded(points[b, 0]), None]
            y += [rounded(points[a, 1]), rounded(points[b, 1]), None]
            said += [start.texts[a], start.texts[b], ""]
        drawn = _line(translate(language, word), x, y, line, mode="lines+markers")
        yield drawn | {"text": said, "hovertemplate": "%{text}<extra></extra>", "opacity": 0.75}


def _map_layout(data: list[Figure], title: str, said: str, reach: float) -> Figure:
    axis = {"range": [-reach, reach], "showticklabels": False, "showgrid": False}
    layout = {
        "xaxis": axis,
        "yaxis": axis,
        "height": 340,
        "margin": {"l": 12, "r": 12, "t": 30, "b": 12},
        "legend": LEGEND,
        "uirevision": "map",
        "meta": {"title": title, "description": said or title},
    }
    return {"data": data, "layout": layout}


def _moment(view: View, request: MatchingTrainRequest) -> list[Figure]:
    """An upright line at the moment that is shown."""
    frame = view.at(request)
    if frame is None:
        return []
    place = {"x0": frame.step, "x1": frame.step, "y0": 0, "y1": 1}
    return [{"type": "line", "xref": "x", "yref": "paper", **place, "line": {"color": "var(--ink)", "width": 1.4}}]


def _title(words: str, top: float) -> Figure:
    """The name of a part, above it at the left."""
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": top, "xanchor": "left", "yanchor": "bottom"}
    return {"text": words, "showarrow": False, "font": {"color": "var(--ink)", "size": 12}, **place}


def _steps(name: str, heights: npt.NDArray[np.float32], line: str, dash: str) -> Figure:
    middles = (EDGES[1:] + EDGES[:-1]) / 2
    return _line(name, middles, heights, line, dash=dash, shape="hvh")


def _line(
    name: str, x: Any, y: Any, line_color: str, *, mode: str = "lines", dash: str = "solid", shape: str = "linear"
) -> Figure:
    return {
        "type": "scatter",
        "mode": mode,
        "name": name,
        "x": _rounded(x),
        "y": _rounded(y),
        "line": {"color": line_color, "width": 1 if mode == "lines+markers" else 2, "dash": dash, "shape": shape},
        "marker": {"color": line_color, "size": 5},
        "hovertemplate": f"{name}: %{{y:.3g}}<extra></extra>",
    }


def _rounded(values: Any) -> list[float | None]:
    return [None if value is None else rounded(float(value)) for value in values]
