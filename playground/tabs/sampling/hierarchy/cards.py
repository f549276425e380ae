"""A card for each variant: its ELBO, a verdict on every group, what it draws and what it makes of held-out pictures."""

from __future__ import annotations

import math

from playground.tabs.sampling.hierarchy.figures import color, group_color
from playground.tabs.sampling.hierarchy.frames import Floats, HierarchyFrame, HierarchyStart, Images
from playground.tabs.sampling.hierarchy.names import names
from playground.tabs.sampling.hierarchy.request import HierarchyRequest, Variant
from playground.tabs.sampling.hierarchy.verdict import active_units, bits_per_dimension, verdict
from playground.tabs.sampling.hierarchy.view import View, negative_elbo
from playground.ui.acts import act_button
from playground.ui.html import element, text
from playground.ui.image_grid import grid_html
from playground.ui.numbers import fixed
from playground.ui.scrubber import Scrubber
from playground.ui.translations import translate

COLUMNS = 8
LEAST, MOST = 1e-2, 1e3  # nats at the ends of a bar, whose length is logarithmic
SENTENCES = {
    "collapsed": "collapsed: its latents carry less than 0.1 nats",
    "in use": "in use: {active} of {channels} channels carry more than 0.1 nats",
    "too early": "in use so far: {active} of {channels} channels carry more than 0.1 nats",
}
FAILED = (
    "A loss or gradient was not a finite number at step {step}: the run stopped. Lower the learning rate and run again."
)
NO_TIME_TO_BALANCE = "Balancing acts while the KL's weight is below 1: without a warm-up it changes nothing."
STILL_RISING = "The KL counts {weight} % so far: nothing is settled before it counts fully."


def cards_html(view: View, request: HierarchyRequest, language: str, *, live: bool = False) -> str:
    """All cards at the request's moment, or at the newest picture while a run goes on."""
    frame = shown(view, request, live)
    if view.start is None or frame is None:
        return ""
    cards = [
        _card(view, view.start, frame, variant, title, request, language)
        for variant, title in enumerate(names(request, language))
    ]
    return _common(view.start, frame, language) + element("div", *cards, class_="hierarchy")


def shown(view: View, request: HierarchyRequest, live: bool) -> HierarchyFrame | None:
    """The picture that is drawn: of a run that goes on the newest, whatever the moment."""
    return view.frames[-1] if live and view.frames else view.at(request)


def scrubber(view: View, request: HierarchyRequest, language: str, *, live: bool = False) -> Scrubber | None:
    """The slider through the pictures."""
    frame = shown(view, request, live)
    if frame is None:
        return None
    last = view.frames[-1].step
    said = translate(language, "step {step} of {steps}", step=f"{frame.step:,}", steps=f"{last:,}")
    moment = 1000 if live else request.moment
    return Scrubber(moment, translate(language, "Moment"), said, enabled=not live and len(view.frames) > 1)


def _common(start: HierarchyStart, frame: HierarchyFrame, language: str) -> str:
    said = translate(
        language,
        "Step {step}. Each net has {parameters} parameters; all begin alike and see the same batches. KL and ELBO are "
        "of 64 held-out pictures.",
        step=f"{frame.step:,}",
        parameters=f"{start.parameters:,}",
    )
    return element("p", text(said), class_="note")


def _card(
    view: View,
    start: HierarchyStart,
    frame: HierarchyFrame,
    variant: int,
    title: str,
    request: HierarchyRequest,
    language: str,
) -> str:
    heading = element("h3", element("span", class_="mark", style=f"background: {color(variant)}"), text(title))
    gone = act_button(translate(language, "Remove"), {"act": "remove", "variant": variant}) if request.beside else ""
    groups = [
        _group(group, side, frame.kl[variant, group], frame, variant, language)
        for group, side in enumerate(start.sides.tolist())
    ]
    return element(
        "div",
        element("div", heading, gone, class_="card-head"),
        _elbo(start, frame, variant, language),
        *_notes(view, request.variants()[variant], frame, variant, language),
        element("ol", *groups, class_="groups"),
        _pictures(translate(language, "Samples from the prior"), frame.samples[variant]),
        _pictures(translate(language, "Held-out pictures"), start.originals),
        _pictures(translate(language, "Their reconstructions"), frame.reconstructions[variant]),
        class_="card",
    )


def _elbo(start: HierarchyStart, frame: HierarchyFrame, variant: int, language: str) -> str:
    """The negative ELBO and its parts."""
    kl, reconstruction = float(frame.kl[variant].sum()), float(frame.reconstruction[variant])
    parts = {
        "negative ELBO": negative_elbo(frame, variant),
        "reconstruction": reconstruction,
        "KL": kl,
    }
    lines = (
        element("dt", text(translate(language, name)))
        + element("dd", text(f"{fixed(bits_per_dimension(nats, start.dimensions), 3)} bits/dim"), _nats(nats, language))
        for name, nats in parts.items()
    )
    return element("dl", *lines, class_="numbers")


def _nats(nats: float, language: str) -> str:
    return element("small", text(translate(language, "{nats} nats a picture", nats=fixed(nats, 2))))


def _notes(view: View, settings: Variant, frame: HierarchyFrame, variant: int, language: str) -> list[str]:
    notes = []
    weight = float(frame.weight[variant])
    if weight < 1:
        notes.append(translate(language, STILL_RISING, weight=f"{100 * weight:.2g}"))
    if settings.balancing and not settings.warm_up:
        notes.append(translate(language, NO_TIME_TO_BALANCE))
    said = [element("p", text(note), class_="note") for note in notes]
    failure = view.failure
    if failure is not None and failure.variant == variant and frame is view.frames[-1]:
        sentence = translate(language, FAILED, step=f"{failure.step:,}")
        said.append(element("p", text(sentence), class_="note failed", role="alert"))
    return said


def _group(group: int, side: int, kl: Floats, frame: HierarchyFrame, variant: int, language: str) -> str:
    """A line with the group's KL as a bar, and the verdict."""
    nats = float(kl.sum())
    kind = verdict(nats, float(frame.weight[variant]))
    values = {"active": int(active_units(kl)), "channels": len(kl)}
    title = translate(language, "group {number}, {side}×{side}", number=group + 1, side=side)
    length = (math.log10(max(LEAST, min(MOST, nats)) / LEAST)) / math.log10(MOST / LEAST)
    fill = element("i", style=f"width: {100 * length:.1f}%; background: {group_color(group)}")
    line = element("b", text(title)) + element("span", text(f"{fixed(nats, 2)} nats"), class_="number")
    sentence = element("p", text(translate(language, SENTENCES[kind], **values)), class_=f"note {kind.split()[0]}")
    return element("li", element("div", line, class_="line"), element("span", fill, class_="bar"), sentence)


def _pictures(title: str, images: Images) -> str:
    grid = grid_html(images, columns=COLUMNS, label=lambda place: f"{title} {place + 1}")
    return element("h4", text(title)) + grid
