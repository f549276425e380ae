"""The scores of both classes as a histogram, with a threshold that can be dragged."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np

from playground.tabs.matching.set.frames import MethodJudged
from playground.tabs.matching.set.names import method_name
from playground.tabs.matching.set.request import MatchingSetRequest
from playground.tabs.matching.set.view import View
from playground.ui.acts import act_switch
from playground.ui.html import element, text
from playground.ui.numbers import fixed
from playground.ui.translations import translate

SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
MEASURES = ("threshold", "accuracy", "F1", "MCC", "precision", "recall")
EXPLAINED = (
    "Pairs of the second part: alike ones up, different ones down. Drag the line. The dotted line is the threshold "
    "that was chosen on the first part, the band its 95 % interval."
)


def histogram_html(view: View, request: MatchingSetRequest, language: str) -> str:
    """The card: which method, both classes, the threshold, and what it comes to."""
    judged = view.shown(request)
    if judged is None:
        return ""
    names = [
        (method_name(name, language), {"act": "show", "method": name}, name == judged.method) for name in view.methods
    ]
    heading = element("h3", text(translate(language, "Drag the threshold")), class_="card-title")
    head = element("div", heading, element("div", act_switch("", names), class_="curve-switch"), class_="card-head")
    note = element("p", text(translate(language, EXPLAINED)), class_="note")
    return element("div", head, _picture(judged, request, language), note, class_="card threshold-card")


def _picture(judged: MethodJudged, request: MatchingSetRequest, language: str) -> str:
    data = {
        "levels": [round(float(level), 6) for level in judged.levels],
        "hits": judged.hits.tolist(),
        "alarms": judged.false_alarms.tolist(),
        "alike": int(judged.alike.sum()),
        "different": int(judged.different.sum()),
        "ratio": request.ratio,
    }
    start = _level_of(judged.best[0], judged)
    slide = element(
        "input",
        type="range",
        min=0,
        max=len(judged.levels) - 1,
        step=1,
        value=start,
        data_start=start,
        aria_label=translate(language, "Threshold"),
    )
    plot = element("div", _bars(judged), _marks(judged), slide, class_="threshold-plot", data_cuts=json.dumps(data))
    return plot + _axis(judged) + _readout(request, language)


def _bars(judged: MethodJudged) -> str:
    """Both classes as an SVG of 100 by 100, stretched: the alike ones above its middle, the different ones below."""
    most = max(int(judged.alike.max()), int(judged.different.max()), 1)
    width = 100 / len(judged.alike)
    drawn = []
    for place, (alike, different) in enumerate(zip(judged.alike, judged.different, strict=True)):
        x = f"{place * width + 0.1:.2f}"
        for kind, count in (("alike", int(alike)), ("different", int(different))):
            high = 49 * count / most
            y = 50 - high if kind == "alike" else 50
            size = {"x": x, "y": f"{y:.2f}", "width": f"{width - 0.2:.2f}", "height": f"{high:.2f}"}
            drawn += [element("rect", element("title", text(count)), class_=kind, **size)] if count else []
    middle = element("line", x1="0", x2="100", y1="50", y2="50", class_="middle")
    return element(
        "svg", *drawn, middle, viewBox="0 0 100 100", preserveAspectRatio="none", role="img", aria_hidden="true"
    )


def _marks(judged: MethodJudged) -> str:
    """The band of the interval, the chosen threshold, and the line that is dragged."""
    low, high = (100 * _share(value, judged) for value in judged.interval)
    chosen = 100 * _share(judged.best[0], judged)
    band = element("span", class_="band", style=f"left:{low:.2f}%;width:{high - low:.2f}%")
    mark = element("span", class_="chosen", style=f"left:{chosen:.2f}%")
    line = element("span", class_="line", style=f"left:{chosen:.2f}%")
    return element("span", band, mark, line, class_="threshold-marks")


def _axis(judged: MethodJudged) -> str:
    ends = np.linspace(judged.levels[0], judged.levels[-1], 5)
    return element("div", *(element("span", text(fixed(float(end)))) for end in ends), class_="threshold-axis meta")


def _readout(request: MatchingSetRequest, language: str) -> str:
    """What the script fills in: the threshold, the measures, and the four counts."""
    measures = (
        element("span", element("small", text(translate(language, name))), element("b", data_value=name.lower()))
        for name in (*MEASURES, *(["cost"] if request.goal == "cost" else []))
    )
    counts = element(
        "span",
        element("small", text(translate(language, "hits, misses, false alarms, rejections"))),
        element("b", data_value="counts"),
    )
    back = element(
        "button",
        text(translate(language, "Back to the chosen one")),
        type="button",
        class_="chip small",
        data_back=True,
    )
    return element("div", *measures, counts, back, class_="threshold-readout", aria_live="polite")


def _level_of(threshold: float, judged: MethodJudged) -> int:
    """The place among the levels that is nearest to a threshold."""
    return round(_share(threshold, judged) * (len(judged.levels) - 1))


def _share(value: float, judged: MethodJudged) -> float:
    """How far right a score stands, 0 to 1; what lies beyond stands at the end."""
    low, high = float(judged.levels[0]), float(judged.levels[-1])
    if not low < high:
        return float(value > low)
    return min(1.0, max(0.0, (value - low) / (high - low))) if math.isfinite(value) else float(value > 0)
