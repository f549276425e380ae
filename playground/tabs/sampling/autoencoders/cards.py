"""A card for each treatment: what it is, its samples from noise and from the mixture, reconstructions, its numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from playground.tabs.sampling.autoencoders.frames import AutoencodersFrame, AutoencodersStart
from playground.tabs.sampling.autoencoders.latent_map import map_svg
from playground.tabs.sampling.autoencoders.names import ABOUT, NAMES, color
from playground.tabs.sampling.autoencoders.request import AutoencodersRequest, Treatment
from playground.tabs.sampling.autoencoders.view import View
from playground.ui.html import element, text
from playground.ui.image_grid import image_html, sheet
from playground.ui.numbers import fixed
from playground.ui.scrubber import Scrubber
from playground.ui.translations import translate

Pixels = npt.NDArray[np.uint8]

COLUMNS = 4  # of a sheet of samples
NORMAL, MIXTURE = "from N(0, I)", "from the mixture"
FAILED = (
    "{name}: the loss was not a finite number at step {step}, so the run stopped. "
    "Lower the learning rate or the weight of its term and run again."
)


def cards_html(view: View, request: AutoencodersRequest, language: str, *, live: bool = False) -> str:
    """All cards at the shown moment, side by side, and below them what they are measured against."""
    frame = shown(view, request, live)
    if view.start is None or frame is None:
        return ""
    cards = [_card(view.start, frame, place, treatment, language) for place, treatment in enumerate(request.treatments)]
    return _failure(view, language) + element("div", *cards, class_="treatments") + _note(view.start, language)


def shown(view: View, request: AutoencodersRequest, live: bool) -> AutoencodersFrame | None:
    """The picture that is drawn: of a run that goes on the newest, whatever the moment."""
    return view.frames[-1] if live and view.frames else view.at(request)


def scrubber(view: View, request: AutoencodersRequest, language: str, *, live: bool = False) -> Scrubber | None:
    """The slider through the pictures."""
    frame = shown(view, request, live)
    if frame is None:
        return None
    last = view.frames[-1].step
    said = translate(language, "step {step} of {steps}", step=f"{frame.step:,}", steps=f"{last:,}")
    moment = 1000 if live else request.moment
    return Scrubber(moment, translate(language, "Moment"), said, enabled=not live and len(view.frames) > 1)


def _card(start: AutoencodersStart, frame: AutoencodersFrame, place: int, treatment: Treatment, language: str) -> str:
    name = NAMES[treatment]
    mark = element("span", class_="mark", style=f"background: {color(treatment)}")
    head = element("h3", mark, text(name)) + element("p", text(translate(language, ABOUT[treatment])), class_="note")
    sheets = [
        _sheet(pictures[place], name, translate(language, title), float(frame.frechet[place, column]), language)
        for pictures, title, column in ((frame.normal, NORMAL, 0), (frame.mixture, MIXTURE, 2))
    ]
    return element(
        "article",
        head,
        element("div", *sheets, class_="sheets pixelated"),
        _reconstructions(start, frame, place, name, language),
        _map(start, frame, place, name, language),
        _numbers(start, frame, place, language),
        class_="card",
    )


def _sheet(samples: Pixels, name: str, title: str, distance: float, language: str) -> str:
    """Samples on one picture, and how far they are from the training pictures."""
    distance_said = translate(language, "FD {distance}", distance=fixed(distance))
    caption = element("figcaption", text(title), " ", element("b", text(distance_said)))
    return element("figure", image_html(sheet(samples, COLUMNS), f"{name}: {title}"), caption)


def _reconstructions(start: AutoencodersStart, frame: AutoencodersFrame, place: int, name: str, language: str) -> str:
    """Test pictures, and below each what comes back from its code."""
    count = len(start.originals)
    page = sheet(np.concatenate([start.originals, frame.reconstructions[place]]), count)
    title = translate(language, "test pictures, and what comes back")
    figure = element("figure", image_html(page, f"{name}: {title}"), element("figcaption", text(title)))
    return element("div", figure, class_="sheets wide pixelated")


def _map(start: AutoencodersStart, frame: AutoencodersFrame, place: int, name: str, language: str) -> str:
    """Where the test pictures' codes lie, if they have two numbers."""
    points = frame.points[place]
    if not len(points):
        return ""
    title = translate(language, "codes of the test pictures; dashed: two deviations of N(0, I)")
    drawn = map_svg(points, start.labels, f"{name}: {title}")
    return element("figure", drawn, element("figcaption", text(title)), class_="latent-map")


def _numbers(start: AutoencodersStart, frame: AutoencodersFrame, place: int, language: str) -> str:
    """Names and values, each with what it is measured against."""
    lines = _lines(start, frame, place, language)
    parts = (
        element("dt", text(name)) + element("dd", text(value), element("small", text(note)) if note else "")
        for name, value, note in lines
    )
    return element("dl", *parts, class_="numbers")


def _lines(
    start: AutoencodersStart, frame: AutoencodersFrame, place: int, language: str
) -> Iterator[tuple[str, str, str]]:
    def tell(message: str, **values: object) -> str:
        return translate(language, message, **values)

    normal, scaled, mixture = frame.frechet[place].tolist()
    yield tell("Fréchet, N(0, I)"), fixed(normal), tell("test pictures {distance}", distance=fixed(start.reference))
    yield tell("…scaled to the codes"), fixed(scaled), ""
    yield tell("…mixture of 10"), fixed(mixture), ""
    yield tell("reconstruction"), fixed(float(frame.reconstruction[place])), tell("squared, a picture")
    gap = float(frame.gap[place])
    yield tell("entropy gap"), fixed(gap), tell("nats; over-spread") if gap < 0 else tell("nats; N(0, I) 0")


def _failure(view: View, language: str) -> str:
    failure = view.failure
    if failure is None:
        return ""
    sentence = translate(language, FAILED, name=NAMES[failure.treatment], step=f"{failure.step:,}")
    return element("p", text(sentence), class_="note failed", role="alert")


def _note(start: AutoencodersStart, language: str) -> str:
    """What the Fréchet distances compare."""
    sentence = translate(
        language,
        "FD: Fréchet distance of {count} samples to the training pictures, on the features of a small classifier; "
        "{count} test pictures are at {distance}. The mixture has ten Gaussians, fitted to the training pictures' "
        "codes after the fact; only samples from N(0, I) tell whether the training itself made a generator.",
        count=start.count,
        distance=fixed(start.reference),
    )
    return element("p", text(sentence), class_="note")
