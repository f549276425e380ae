"""A card for each variant: what it is, the verdict with its reason, its cloud, its numbers, and what can be changed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any, get_args

import numpy as np

from playground.tabs.collapse.frames import CollapseFrame, CollapseStart
from playground.tabs.collapse.names import names
from playground.tabs.collapse.request import BatchNorm, CollapseRequest, Predictor, Variant
from playground.tabs.collapse.verdict import Verdict, thresholds
from playground.tabs.collapse.verdicts import judge
from playground.tabs.collapse.view import View
from playground.ui.acts import act_button, act_switch
from playground.ui.html import element, text
from playground.ui.numbers import fixed
from playground.ui.point_clouds import Cloud, Kind, clouds_value
from playground.ui.scrubber import Scrubber
from playground.ui.status import said
from playground.ui.translations import translate

CLASSES = 10  # colours
MARKS = {  # of a verdict, beside its colour and its word
    "healthy": "✓",
    "complete collapse": "✕",
    "dimensional collapse": "▼",
    "not converging": "≈",
    "too early": "…",
}
FAILED = (
    "The loss was not a finite number at step {step}, with learning rate {rate}: the run stopped. "
    "Lower the learning rate and run again."
)


def color(variant: int) -> str:
    """The colour of a variant's lines and of the mark on its card."""
    return f"var(--series-{variant % 8 + 1})"


def cards_value(view: View, request: CollapseRequest, language: str, *, live: bool = False) -> str:
    """All cards at the request's moment, or at the newest picture while a run goes on."""
    start = view.start
    frame = view.frames[-1] if live and view.frames else view.at(request)
    if start is None or frame is None:
        return clouds_value([], np.zeros(0), "", Scrubber(1000, "", "", False))
    variants, titles = request.variants(), names(request, language, changes=True)
    verdicts = judge(view, frame)
    standing = request.variants_at(view.frames[-1].step)
    clouds = [
        Cloud(
            head=_head(title, variant, verdicts[variant], language),
            side=_numbers(start, frame, view.frames[0], variant, language),
            foot=_failure(view, variant, language) + _changes(variant, standing[variant], len(variants), language),
            kind=_kind(int(start.dimensions[variant])),
            points=frame.points[variant],
            description=_description(title, verdicts[variant], int(start.dimensions[variant]), language),
        )
        for variant, title in enumerate(titles)
    ]
    return clouds_value(clouds, start.labels, _legend(start, language), _scrubber(view, frame, request, live, language))


def _kind(dimension: int) -> Kind:
    return "circle" if dimension == 2 else "sphere" if dimension == 3 else "components"


def _head(title: str, variant: int, verdict: Verdict, language: str) -> str:
    mark = element("span", class_="mark", style=f"background: {color(variant)}")
    word = f"{MARKS[verdict.kind]} {translate(language, verdict.kind)}"
    badge = element("span", text(word), class_=f"status verdict {verdict.kind.replace(' ', '-')}")
    reason = element("p", text(said(verdict.reason, language)), class_="note")
    return element("h3", mark, text(title), " ", badge) + reason


def _numbers(start: CollapseStart, frame: CollapseFrame, first: CollapseFrame, variant: int, language: str) -> str:
    """Names and values, each with what it is measured against."""
    lines = _lines(start, frame, first, variant, language)
    parts = (element("dt", text(name)) + element("dd", text(value), _against(note)) for name, value, note in lines)
    return element("dl", *parts, class_="numbers")


def _lines(
    start: CollapseStart, frame: CollapseFrame, first: CollapseFrame, variant: int, language: str
) -> Iterator[tuple[str, str, str]]:
    def number(name: str, digits: int = 2) -> str:
        return fixed(float(getattr(frame, name)[variant]), digits)

    def tell(message: str, **values: object) -> str:
        return translate(language, message, **values)

    yield tell("loss"), number("loss", 3), tell("best −1")
    yield "std·√d", number("std"), tell("1 even, 0 collapsed")
    yield "RankMe", number("rank", 1), tell("of {d}", d=int(start.dimensions[variant]))
    before = fixed(float(first.knn[variant]), 2)
    if math.isfinite(float(frame.knn[variant])):
        yield "kNN", number("knn"), tell("input {raw}, start {start}", raw=fixed(start.raw_knn, 2), start=before)
    gradients = f"{small(frame.encoder_gradient[variant])} / {small(frame.predictor_gradient[variant])}"
    yield tell("gradients"), gradients, tell("encoder / predictor")
    rates = f"{small(frame.encoder_rate[variant])} / {small(frame.predictor_rate[variant])}"
    yield tell("rates"), rates, ""


def _against(note: str) -> str:
    return element("small", text(note)) if note else ""


def _changes(variant: int, now: Variant, count: int, language: str) -> str:
    """What of the variant can be changed in the middle of the run."""

    def data(field: str, value: object = None) -> dict[str, object]:
        return {"act": "change", "variant": variant, "field": field} | ({} if value is None else {"value": value})

    gradient = act_switch(
        translate(language, "Stop gradient"),
        [
            (translate(language, "on"), data("stop_gradient", True), now.stop_gradient),
            (translate(language, "off"), data("stop_gradient", False), not now.stop_gradient),
        ],
    )
    predictor = _menu(translate(language, "Predictor"), get_args(Predictor), now.predictor, data("predictor"))
    norm = _menu(translate(language, "BatchNorm"), get_args(BatchNorm), now.batch_norm, data("batch_norm"))
    rates = [
        _rate(translate(language, "Learning rate"), now.learning_rate, 1e9, data("learning_rate")),
        _rate(translate(language, "Predictor's rate"), now.predictor_rate, 100, data("predictor_rate")),
    ]
    gone = {"act": "remove", "variant": variant}
    remove = act_button(translate(language, "Remove"), gone, "chip small remove") if count > 1 else ""
    return element("div", gradient, predictor, norm, *rates, remove, class_="changes")


def _menu(title: str, options: Sequence[str], chosen: str, data: dict[str, object]) -> str:
    entries = (element("option", text(option), value=option, selected=option == chosen) for option in options)
    menu = element("select", *entries, data_choice=json.dumps(data), aria_label=title)
    return element("label", text(title), menu, class_="switch-line")


def _rate(title: str, value: float, most: float, data: dict[str, object]) -> str:
    """The rate between a button for a tenth of it and one for ten times as much."""
    lower = act_button("÷10", data | {"value": _rounded(value / 10)}, "", aria_label=f"{title} ÷10")
    higher = act_button("×10", data | {"value": _rounded(min(10 * value, most))}, "", aria_label=f"{title} ×10")
    now = element("b", text(f"{value:g}"))
    return element("span", text(title), element("span", lower, now, higher, class_="switch"), class_="switch-line")


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _failure(view: View, variant: int, language: str) -> str:
    failure = view.failure
    if failure is None or failure.variant != variant:
        return ""
    sentence = translate(language, FAILED, step=f"{failure.step:,}", rate=f"{failure.learning_rate:g}")
    return element("p", text(sentence), class_="note failed", role="alert")


def _description(title: str, verdict: Verdict, dimension: int, language: str) -> str:
    """The cloud for those who cannot see it."""
    drawn = (
        translate(language, "outputs as points")
        if dimension <= 3
        else translate(language, "first three principal components of the outputs")
    )
    return f"{title}: {drawn}. {translate(language, verdict.kind)}: {said(verdict.reason, language)}"


def _legend(start: CollapseStart, language: str) -> str:
    """What the colours of the points mean, and what is drawn."""
    marks = (
        element("span", element("i", class_="mark", style=f"background: var(--class-{place})"), text(name))
        for place, name in enumerate(start.classes[:CLASSES])
    )
    above = any(dimension > 3 for dimension in start.dimensions.tolist())
    about = (
        translate(language, "Above d = 3 the first three principal components are drawn. Drag to turn.")
        if above
        else translate(language, "Drag to turn.")
    )
    notes = (element("p", text(translate(language, note)), class_="note") for note in start.notes)
    more = f"+ {len(start.classes) - CLASSES}" if len(start.classes) > CLASSES else ""
    title = element("span", text(translate(language, "Classes:")))
    return (
        element("div", title, *marks, text(more), class_="classes")
        + element("p", text(about), class_="note")
        + "".join(notes)
        + _thresholds(start, language)
    )


def _thresholds(start: CollapseStart, language: str) -> str:
    """What the verdicts go by, for each output dimension shown."""
    rows = len(start.labels)
    lines = dict.fromkeys(
        said(line, language) for dimension in start.dimensions.tolist() for line in thresholds(min(dimension, rows))
    )
    summary = element("summary", text(translate(language, "What the verdicts go by")))
    return element("details", summary, *(element("p", text(line), class_="note") for line in lines))


def _scrubber(view: View, frame: CollapseFrame, request: CollapseRequest, live: bool, language: str) -> Scrubber:
    last = view.frames[-1].step
    said_step = translate(language, "step {step} of {steps}", step=f"{frame.step:,}", steps=f"{last:,}")
    moment = 1000 if live else request.moment
    return Scrubber(moment, translate(language, "Moment"), said_step, enabled=not live and len(view.frames) > 1)


def small(value: Any) -> str:
    """A number that may be tiny, with two digits."""
    return f"{float(value):.2g}".replace("-", "−") if math.isfinite(float(value)) else "–"
