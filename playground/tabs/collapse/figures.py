"""How a training is drawn over its steps and by its spectrum; the clouds stand on the cards."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from playground.tabs.collapse.cards import color
from playground.tabs.collapse.frames import CollapseFrame
from playground.tabs.collapse.names import changed_to, names
from playground.tabs.collapse.request import CollapseRequest
from playground.tabs.collapse.view import View
from playground.ui.acts import act_switch
from playground.ui.numbers import rounded
from playground.ui.translations import translate

Figure = dict[str, Any]
SMALLEST_EIGENVALUE = 1e-7
MOST_MARKS = 8  # changes whose words stand on the plot
LONGEST_TITLE = 16  # of a variant, in letters, that stands there too; the colour says it in any case
METRICS = {
    "rank": "RankMe",
    "std": "std·√d",
    "knn": "kNN",
    "loss": "loss",
    "participation": "participation",
    "alignment": "alignment",
    "uniformity": "uniformity",
    "encoder_gradient": "gradient of the encoder",
    "predictor_gradient": "gradient of the predictor",
}
DESCRIPTIONS = {
    "rank": "RankMe: how many dimensions the outputs use",
    "std": "std·√d: spread of the normalised outputs, 1 = even",
    "knn": "kNN: how well neighbours tell the class",
    "loss": "Loss of the last batch, −1 = best",
    "participation": "Participation ratio of the covariance's eigenvalues",
    "alignment": "Alignment: how far two views of an input are apart",
    "uniformity": "Uniformity: how evenly the outputs cover the sphere, lower = more",
    "encoder_gradient": "Norm of the encoder's gradient",
    "predictor_gradient": "Norm of the predictor's gradient",
}
AXES: dict[str, dict[str, Any]] = {
    "std": {"range": [0, 1.1]},
    "knn": {"range": [0, 1.03]},
    "rank": {"rangemode": "tozero"},
    "participation": {"rangemode": "tozero"},
    "alignment": {"rangemode": "tozero"},
    "encoder_gradient": {"type": "log", "exponentformat": "power"},
    "predictor_gradient": {"type": "log", "exponentformat": "power"},
}


def metric_switch(metric: str, language: str) -> str:
    """The buttons that choose the curve."""
    options = [
        (translate(language, name), {"act": "view", "field": "metric", "value": value}, value == metric)
        for value, name in METRICS.items()
    ]
    return act_switch(translate(language, "Curve:"), options)


def metric_figure(view: View, request: CollapseRequest, language: str) -> Figure:
    """The chosen measure of every variant over the steps, with what it is measured against, and every change."""
    metric, frames = request.metric, view.recorded(request.every)
    titles = names(request, language)
    data = [_curve(frames, metric, variant, title) for variant, title in enumerate(titles) if frames]
    data += _baselines(view, frames, request, language)
    last = max([request.steps, *(frame.step for frame in frames)], default=1)
    shapes, annotations = _changes(request, titles, last, language)
    shown = view.at(request)
    if shown is not None and request.moment < 1000:
        shapes.append(_upright(shown.step, "var(--ink)", "solid"))
    layout = {
        "xaxis": {"range": [0, max(last, 10)], "title": {"text": translate(language, "step")}},
        "yaxis": AXES.get(metric, {}),
        "shapes": shapes,
        "annotations": annotations,
        "height": 300,
        "margin": {"l": 52, "r": 12, "t": 26, "b": 36},
        "uirevision": f"{metric} {last}",
        "meta": {"title": translate(language, DESCRIPTIONS[metric])},
    }
    return {"data": data, "layout": layout}


def spectrum_figure(view: View, request: CollapseRequest, language: str, *, live: bool = False) -> Figure:
    """The eigenvalues of every variant's covariance at the shown moment, largest first, on a log axis."""
    frame = view.frames[-1] if live and view.frames else view.at(request)
    titles = names(request, language)
    data = [] if frame is None else [_spectrum(frame, variant, title) for variant, title in enumerate(titles)]
    most = max((len(line["y"]) for line in data), default=2)
    layout = {
        "xaxis": {
            "title": {"text": translate(language, "eigenvalue, largest first")},
            "range": [0.5, most + 0.5],
            "tickformat": "d",
            "nticks": min(most, 10) + 1,
        },
        "yaxis": {"type": "log", "exponentformat": "power", "range": [math.log10(SMALLEST_EIGENVALUE), 0.1]},
        "height": 260,
        "margin": {"l": 52, "r": 12, "t": 12, "b": 36},
        "showlegend": False,
        "uirevision": "spectrum",
        "meta": {
            "title": translate(language, "Spectrum of the outputs' covariance"),
            "description": translate(language, "A line that falls steeply means that few dimensions are in use."),
        },
    }
    return {"data": data, "layout": layout}


def thumbnail(view: View) -> str:
    """A small picture of the run for the Home card: the spread of every variant over the steps."""
    last = max((frame.step for frame in view.frames), default=0)
    variants = len(view.frames[0].std) if view.frames else 0
    lines = "".join(_polyline(view.frames, variant, max(1, last)) for variant in range(variants))
    return f'<svg viewBox="0 0 240 90" role="img" aria-label="std·√d" preserveAspectRatio="none">{lines}</svg>'


def _curve(frames: Sequence[CollapseFrame], metric: str, variant: int, title: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": title,
        "showlegend": False,  # its card bears the colour
        "x": [frame.step for frame in frames],
        "y": [rounded(float(getattr(frame, metric)[variant])) for frame in frames],
        "line": {"color": color(variant), "width": 2},
        "hovertemplate": f"{escape(title, quote=False)}: %{{y:.3g}}<extra></extra>",
    }


def _spectrum(frame: CollapseFrame, variant: int, title: str) -> Figure:
    values = [max(value, SMALLEST_EIGENVALUE) for value in frame.spectrum[variant].tolist() if math.isfinite(value)]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": title,
        "x0": 1,
        "dx": 1,
        "y": [rounded(value) for value in values],
        "line": {"color": color(variant), "width": 1.6},
        "marker": {"size": 4},
        "hovertemplate": f"{escape(title, quote=False)}: %{{y:.2g}}<extra></extra>",
    }


def _baselines(
    view: View, frames: Sequence[CollapseFrame], request: CollapseRequest, language: str
) -> Iterator[Figure]:
    """Dashed lines: what the measure is at best, at worst, or without learning."""
    start = view.start
    if start is None or not frames:
        return
    last = max(frames[-1].step, request.steps, 10)
    if request.metric == "knn" and math.isfinite(start.raw_knn):
        yield _level(translate(language, "raw input"), start.raw_knn, last, "dash")
        yield _level(translate(language, "chance"), start.chance, last, "dot")
        for value in sorted({rounded(value) or 0.0 for value in view.frames[0].knn.tolist()}):
            yield _level(translate(language, "random init"), value, last, "dashdot")
    elif request.metric == "rank":
        for dimension in sorted(set(start.dimensions.tolist())):
            yield _level(f"d = {dimension}", dimension, last, "dash")
    elif request.metric == "std":
        yield _level(translate(language, "even"), 1.0, last, "dash")
    elif request.metric == "loss":
        yield _level(translate(language, "best"), -1.0, last, "dash")


def _level(name: str, value: float, last: int, dash: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [0, last],
        "y": [rounded(value)] * 2,
        "line": {"color": "var(--soft)", "width": 1.2, "dash": dash},
        "hovertemplate": f"{name}: %{{y:.3g}}<extra></extra>",
    }


def _changes(
    request: CollapseRequest, titles: Sequence[str], last: int, language: str
) -> tuple[list[Figure], list[Figure]]:
    """An upright line at every change in the middle of the run, and for the first ones words what changed."""
    acting = [change for change in request.schedule if change.step <= last]
    shapes = [_upright(change.step, color(change.variant), "dot") for change in acting]
    annotations = []
    for place, change in enumerate(acting[:MOST_MARKS]):
        said = changed_to(change.field, change.value, language)
        title = titles[change.variant]
        words = f"{title}: {said}" if len(titles) > 1 and len(title) <= LONGEST_TITLE else said
        annotations.append(_word(change.step, place, words, color(change.variant), 2 * change.step > last))
    return shapes, annotations


def _upright(step: int, line_color: str, dash: str) -> Figure:
    line = {"color": line_color, "width": 1.4, "dash": dash}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": step, "x1": step, "y0": 0, "y1": 1, "line": line}


def _word(step: int, place: int, words: str, word_color: str, leftwards: bool) -> Figure:
    return {
        "x": step,
        "xref": "x",
        "y": 1 - 0.075 * (place % 6),
        "yref": "paper",
        "yanchor": "top",
        "xanchor": "right" if leftwards else "left",
        "text": escape(words, quote=False),
        "showarrow": False,
        "font": {"color": word_color, "size": 11},
        "bgcolor": "var(--card)",
    }


def _polyline(frames: Sequence[CollapseFrame], variant: int, last: int) -> str:
    heights = ((frame.step, float(frame.std[variant])) for frame in frames)
    points = " ".join(
        f"{240 * step / last:.1f},{85 - 75 * min(1.05, std):.1f}" for step, std in heights if math.isfinite(std)
    )
    return f'<polyline fill="none" style="stroke: {color(variant)}" stroke-width="1.8" points="{points}"/>'
