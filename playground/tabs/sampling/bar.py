"""The bar above the pictures: what to do, with which two pictures, and its sliders."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playground.tabs.sampling.origins import Picture
from playground.tabs.sampling.request import FARTHEST, Mode, SamplingRequest
from playground.tabs.sampling.view import View
from playground.ui.acts import act_button, act_switch
from playground.ui.html import element, text
from playground.ui.image_grid import image_html
from playground.ui.translations import translate

SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
MODES: Mapping[Mode, str] = {
    "sample": "Sample",
    "keep": "Keep the top",
    "resample": "One group anew",
    "mix": "Mix A and B",
    "walk": "Walk from A to B",
    "attributes": "Attributes",
}
HINTS: Mapping[Mode, str] = {
    "sample": "Every picture is noise that the groups of latents read from the top down. Click one to make it A.",
    "keep": "The first groups of A stay, the others are drawn anew: the top decides what it is, the rest how it looks.",
    "resample": "One group of A is drawn anew, all others stay: click a group below.",
    "mix": "Click groups below to take them from B. The strip passes from B to A, group by group.",
    "walk": "On the great circle of the noise of every group. GIF below saves it as an animation.",
    "attributes": "A moves along the mean difference between pictures with and without an attribute.",
}
NO_ATTRIBUTES = "This model has no attribute directions: choose another one."


def bar_html(view: View, request: SamplingRequest, language: str) -> str:
    """The switch of modes, the two pictures, and the sliders of the mode."""
    modes = [(translate(language, title), _set("mode", mode), request.mode == mode) for mode, title in MODES.items()]
    switch = element("div", act_switch("", modes), class_="modes")
    hint = element("p", text(translate(language, HINTS[request.mode])), class_="note")
    sliders = element("div", *_sliders(view, request, language), class_="sliders")
    return switch + hint + element("div", _picked(view, request, language), sliders, class_="steering")


def _picked(view: View, request: SamplingRequest, language: str) -> str:
    """A and B, and which of them a click chooses."""
    if view.start is None:
        return ""
    slots = (
        _slot(name, picture, image, request.choosing == name, language)
        for name, picture, image in zip(("A", "B"), (request.subject, request.second), view.start.picked, strict=True)
    )
    swap = act_button(
        "⇄",
        {"act": "swap"},
        "chip small",
        title_=translate(language, "Swap A and B"),
        aria_label=translate(language, "Swap A and B"),
    )
    return element("div", *slots, swap, class_="picked pixelated")


def _slot(name: str, picture: Picture, image: Any, chosen: bool, language: str) -> str:
    said = translate(
        language, "{name}: picture {picture}. Press it to let clicks choose it.", name=name, picture=picture
    )
    content = image_html(image, said) + element("span", text(name), class_="slot-name")
    data = json.dumps(_set("choosing", name))
    pressed = "true" if chosen else "false"
    return element("button", content, type="button", data_act=data, aria_pressed=pressed, title_=said)


def _sliders(view: View, request: SamplingRequest, language: str) -> Sequence[str]:
    shown = [slider(translate(language, "Temperature"), _set("temperature"), request.temperature, (0.1, 1.2, 0.05))]
    groups = 0 if view.start is None else len(view.start.scales)
    if request.mode == "keep" and groups:
        kept = min(request.keep, groups)
        shown.append(slider(translate(language, "Groups to keep"), _set("keep"), kept, (0, groups, 1)))
    if request.mode == "resample" and groups:
        group = min(request.group, groups)
        shown.append(slider(translate(language, "Group to draw anew"), _set("group"), group, (1, groups, 1)))
    if request.mode == "attributes":
        shown += _attributes(view, request, language)
    return shown


def _attributes(view: View, request: SamplingRequest, language: str) -> list[str]:
    if view.start is None:
        return []
    if not view.start.attributes:
        return [element("p", text(translate(language, NO_ATTRIBUTES)), class_="note")]
    amounts = {move.name: move.amount for move in request.moves}
    return [
        slider(
            translate(language, name),
            {"act": "move", "name": name},
            amounts.get(name, 0.0),
            (-FARTHEST, FARTHEST, 0.25),
        )
        for name in view.start.attributes
    ]


def slider(title: str, data: Mapping[str, Any], value: float, bounds: tuple[float, float, float]) -> str:
    """A slider that asks for `data` with its value; bounds are lowest, highest and step."""
    low, high, step = (f"{bound:g}" for bound in bounds)
    track = element(
        "input", type="range", min=low, max=high, step=step, value=f"{value:g}", data_slide=json.dumps(dict(data))
    )
    return element("label", element("span", text(title)), track, element("output", text(f"{value:g}")), class_="slide")


def _set(field: str, value: object = None) -> dict[str, object]:
    return {"act": "set", "field": field} | ({} if value is None else {"value": value})
