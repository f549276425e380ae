"""A card for each critic: what it is, the fakes among the real points, and its numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from playground.tabs.sampling.critic.clouds import cloud_svg
from playground.tabs.sampling.critic.frames import CriticFrame, CriticStart
from playground.tabs.sampling.critic.names import ABOUT, NAMES, color
from playground.tabs.sampling.critic.request import CriticRequest, Method
from playground.tabs.sampling.critic.view import View
from playground.ui.html import element, text
from playground.ui.image_grid import grid_html
from playground.ui.numbers import fixed
from playground.ui.scrubber import Scrubber
from playground.ui.translations import translate

COLUMNS = 6  # of a sheet of digits
FAILED = (
    "{name}: the loss was not a finite number at step {step}, so the run stopped. "
    "Lower the learning rate and run again."
)


def cards_html(view: View, request: CriticRequest, language: str, *, live: bool = False) -> str:
    """All cards of the exhibit at the shown moment."""
    frame = view.at(request, live)
    if view.start is None or frame is None:
        return ""
    cards = [_card(view.start, frame, place, language) for place in range(len(view.start.critics))]
    return (
        _failure(view, language)
        + element("div", *cards, class_="treatments critics")
        + _note(view.start, request, language)
    )


def scrubber(view: View, request: CriticRequest, language: str, *, live: bool = False) -> Scrubber | None:
    """The slider through the pictures."""
    frame = view.at(request, live)
    if frame is None:
        return None
    last = view.frames[-1].step
    said = translate(language, "step {step} of {steps}", step=f"{frame.step:,}", steps=f"{last:,}")
    moment = 1000 if live else request.moment
    return Scrubber(moment, translate(language, "Moment"), said, enabled=not live and len(view.frames) > 1)


def _card(start: CriticStart, frame: CriticFrame, place: int, language: str) -> str:
    critic = start.critics[place]
    mark = element("span", class_="mark", style=f"background: {color(critic)}")
    name = translate(language, NAMES[critic])
    head = element("h3", mark, text(name)) + element("p", text(translate(language, ABOUT[critic])), class_="note")
    picture = _picture(start, frame, place, critic, name, language)
    return element("article", head, picture, _numbers(start, frame, place, language), class_="card")


def _picture(start: CriticStart, frame: CriticFrame, place: int, critic: Method, name: str, language: str) -> str:
    """Points over the critic's landscape, or digits."""
    fakes = frame.fakes[place]
    if fakes.dtype == np.uint8:
        return grid_html(fakes, columns=COLUMNS, label=lambda digit: f"{name} {digit + 1}")
    title = translate(language, "{name}: real points in grey, fakes in colour", name=name)
    real, fake, landscape = (each.astype(np.float64) for each in (start.real, fakes, frame.landscape[place]))
    return element("figure", cloud_svg(real, fake, landscape, color(critic), title), class_="critic-cloud")


def _numbers(start: CriticStart, frame: CriticFrame, place: int, language: str) -> str:
    """Names and values, each with what it is measured against."""
    parts = (
        element("dt", text(name)) + element("dd", text(value), element("small", text(note)) if note else "")
        for name, value, note in _lines(start, frame, place, language)
    )
    return element("dl", *parts, class_="numbers")


def _lines(start: CriticStart, frame: CriticFrame, place: int, language: str) -> Iterator[tuple[str, str, str]]:
    def number(name: str) -> str:
        return fixed(float(getattr(frame, name)[place]))

    def tell(message: str, **values: object) -> str:
        return translate(language, message, **values)

    yield tell("estimate"), number("estimate"), tell("exact {exact}", exact=number("exact"))
    steep = tell("largest {largest}, bound {bound}", largest=number("steepest"), bound=number("bound"))
    yield tell("gradient norm"), number("gradient"), steep
    yield tell("distance of the fakes"), number("distance"), tell("real {real}", real=fixed(start.reference))
    yield tell("spread of the fakes"), number("spread"), tell("real {real}", real=fixed(start.spread))
    if math.isfinite(start.frechet):
        yield tell("Fréchet distance"), number("frechet"), tell("real {real}", real=fixed(start.frechet))


def _failure(view: View, language: str) -> str:
    failure = view.failure
    if failure is None:
        return ""
    name = translate(language, NAMES[failure.critic])
    sentence = translate(language, FAILED, name=name, step=f"{failure.step:,}")
    return element("p", text(sentence), class_="note failed", role="alert")


def _note(start: CriticStart, request: CriticRequest, language: str) -> str:
    """What is compared with what."""
    sentence = translate(
        language,
        "Estimate and exact distance are of the next batch of {batch} real and {batch} fake points, from which no "
        "critic has learnt yet. Distance and spread of the fakes are of {count} held-out points; two real sets of that "
        "size are at {distance}.",
        batch=request.batch,
        count=start.count,
        distance=fixed(start.reference),
    )
    return element("p", text(sentence), class_="note")
