"""The bar above the picture: play, step, reset, speed, and one more variant."""

from __future__ import annotations

from playground.tabs.collapse.names import shared
from playground.tabs.collapse.request import MOST_STEPS, MOST_VARIANTS, CollapseRequest
from playground.ui.acts import act_button, act_switch
from playground.ui.html import element, text
from playground.ui.translations import translate

STEPS = (1, 10, 100)
PACES = {"full": 0.0, "slow": 0.25, "slowest": 1.0}  # least seconds that a picture stays


def pace(request: CollapseRequest) -> float:
    """How long each picture stays at least, in seconds."""
    return PACES[request.speed]


def transport_html(request: CollapseRequest, language: str) -> str:
    """The buttons; while a run goes on, each stops it first and goes on from there."""
    over = request.steps >= MOST_STEPS
    play = act_button(f"▶ {translate(language, 'Play')}", {"act": "play"}, "chip small play", disabled=over)
    steps = [
        act_button(f"+{steps}", {"act": "step", "steps": steps}, "", aria_label=_said(steps, language), disabled=over)
        for steps in STEPS
    ]
    reset = act_button(translate(language, "Reset"), {"act": "reset"})
    full = request.variant_count() >= MOST_VARIANTS
    add = act_button(
        translate(language, "Add as a variant"), {"act": "add"}, disabled=full, title_=_why(full, language)
    )
    bar = element(
        "div",
        play,
        element("span", *steps, class_="switch", role="group", aria_label=translate(language, "Step")),
        reset,
        _speed(request, language),
        add,
        class_="transport",
        role="toolbar",
        aria_label=translate(language, "Training"),
    )
    common = shared(request.variants(), language)
    said = translate(language, "In common: {shared}.", shared=common) if common else ""
    return bar + (element("p", text(said), class_="note") if said else "")


def _speed(request: CollapseRequest, language: str) -> str:
    options = [
        (translate(language, speed), {"act": "view", "field": "speed", "value": speed}, request.speed == speed)
        for speed in PACES
    ]
    return act_switch(translate(language, "Speed:"), options)


def _said(steps: int, language: str) -> str:
    return translate(language, "{steps} steps more", steps=steps)


def _why(full: bool, language: str) -> str:
    if full:
        return translate(language, "Four variants run side by side at most: remove one first.")
    return translate(language, "Trains what the controls say beside what is shown, on the same seed and batches.")
