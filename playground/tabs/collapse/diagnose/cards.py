"""A diagnosis in words and numbers: the card with its cloud, and below it what to keep in mind and what to try."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from playground.tabs.collapse.cards import MARKS, small
from playground.tabs.collapse.diagnose.advice import ADVICE, Advice
from playground.tabs.collapse.diagnose.frames import Diagnosed
from playground.tabs.collapse.diagnose.request import DiagnoseRequest
from playground.tabs.collapse.verdict import Verdict, thresholds
from playground.ui.html import element, text
from playground.ui.numbers import fixed
from playground.ui.point_clouds import Cloud, Kind, clouds_value
from playground.ui.status import said
from playground.ui.translations import translate

COLOURED = 10  # classes that have a colour of their own
NORMALISED = (
    "Behind a BatchNorm without affine every column has the same spread, so std·√d is near 1 even when the outputs "
    "collapse: only the rank can tell."
)
EXAMPLES = {
    "healthy": "An example: ten classes in all 64 directions.",
    "complete-collapse": "An example: all inputs give nearly the same output.",
    "behind-batch-norm": "An example: four directions, mixed into 64 columns and normalised column by column.",
    "one-direction": "An example: nearly everything lies along one direction.",
}


def card_value(diagnosed: Diagnosed | None, language: str) -> str:
    """The card: the verdict with its reason, the outputs as points, and their numbers."""
    if diagnosed is None:
        return clouds_value([], np.zeros(0, np.int64), "", None)
    verdict = diagnosed.verdict()
    cloud = Cloud(
        head=_head(diagnosed, verdict, language),
        side=_numbers(diagnosed, language),
        foot="",
        kind=_kind(diagnosed.dimension),
        points=diagnosed.points,
        description=f"{translate(language, verdict.kind)}: {said(verdict.reason, language)}",
    )
    return clouds_value([cloud], diagnosed.labels, _legend(diagnosed, language), None)


def remarks_html(diagnosed: Diagnosed | None, request: DiagnoseRequest, language: str) -> str:
    """What was left out, what the verdict goes by, and what others were advised."""
    if diagnosed is None:
        return ""
    notes = [said(note, language) for note in diagnosed.notes()]
    if diagnosed.example:
        notes.insert(0, translate(language, EXAMPLES[diagnosed.example]))
    if request.batch_norm:
        notes.append(translate(language, NORMALISED))
    limits = [said(note, language) for note in thresholds(diagnosed.directions)]
    collapsed = diagnosed.verdict().kind != "healthy"
    return (
        "".join(element("p", text(note), class_="note") for note in notes)
        + _card(translate(language, "What the verdict goes by"), map(text, limits), opened=False)
        + _card(
            translate(language, "What people were advised who asked whether their run had collapsed"),
            (_advice(advice, language) for advice in ADVICE),
            opened=collapsed,
            note=translate(language, "Advice given to others for their runs; it was not tested here."),
        )
    )


def _head(diagnosed: Diagnosed, verdict: Verdict, language: str) -> str:
    size = f"{diagnosed.rows:,} × {diagnosed.dimension:,}"
    badge = element(
        "span",
        text(f"{MARKS[verdict.kind]} {translate(language, verdict.kind)}"),
        class_=f"status verdict {verdict.kind.replace(' ', '-')}",
    )
    return element("h3", text(size), " ", badge) + element("p", text(said(verdict.reason, language)), class_="note")


def _numbers(diagnosed: Diagnosed, language: str) -> str:
    """Names and values, each with what it is measured against."""
    parts = (
        element("dt", text(translate(language, name)))
        + element("dd", text(value), element("small", text(note)) if note else "")
        for name, value, note in _lines(diagnosed, language)
    )
    return element("dl", *parts, class_="numbers")


def _lines(diagnosed: Diagnosed, language: str) -> Iterator[tuple[str, str, str]]:
    directions = translate(language, "of {d}", d=diagnosed.directions)
    yield "std·√d", _digits(diagnosed.std), translate(language, "1 even, 0 collapsed")
    yield "RankMe", fixed(diagnosed.rank, 1), directions
    yield "participation", fixed(diagnosed.participation, 1), directions
    if math.isfinite(diagnosed.knn):
        chance = translate(language, "chance {chance}", chance=fixed(diagnosed.chance, 2))
        yield "kNN", fixed(diagnosed.knn, 2), chance
    yield "uniformity", _digits(diagnosed.uniformity), translate(language, "0 collapsed, −4 even")
    if math.isfinite(diagnosed.alignment):
        yield "alignment", _digits(diagnosed.alignment), translate(language, "0 when both views are equal")
    if math.isfinite(diagnosed.loss):
        yield "loss", fixed(diagnosed.loss, 3), translate(language, "best −1")


def _digits(value: float) -> str:
    """Two digits, behind the point where that shows both."""
    return small(value) if 0 < abs(value) < 0.1 else fixed(value, 2)


def _kind(dimension: int) -> Kind:
    return "circle" if dimension == 2 else "sphere" if dimension == 3 else "components"


def _legend(diagnosed: Diagnosed, language: str) -> str:
    """What is drawn, and the classes' colours where there is one for each."""
    classes = diagnosed.classes if len(diagnosed.classes) <= COLOURED else ()
    marks = (
        element("span", element("i", class_="mark", style=f"background: var(--class-{place})"), text(name))
        for place, name in enumerate(classes)
    )
    about = (
        "Above d = 3 the first three principal components are drawn. Drag to turn."
        if diagnosed.dimension > 3
        else "Drag to turn."
    )
    return element("div", *marks, class_="classes") + element("p", text(translate(language, about)), class_="note")


def _advice(advice: Advice, language: str) -> str:
    link = element(
        "a", text(f"{advice.repository} #{advice.number}"), href=advice.address, target="_blank", rel="noopener"
    )
    return text(translate(language, advice.said)) + " " + element("small", link)


def _card(title: str, lines: Iterable[str], *, opened: bool, note: str = "") -> str:
    """A card that folds, with a list of finished HTML."""
    heading = element("summary", text(title))
    items = element("ul", *(element("li", line) for line in lines))
    foot = element("p", text(note), class_="note") if note else ""
    return element("details", heading, items, foot, class_="card", open=opened)
