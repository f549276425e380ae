"""The attributes that a slider can change: which of their values it leads away from, and to which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Contrast:
    """An attribute's values that a direction leads away from and to."""

    name: str
    attribute: str
    away: Callable[[str], bool]
    to: Callable[[str], bool]


def brightness(colour: str) -> float:
    """Luma of a colour "#rrggbb", 0 to 255 (ITU-R BT.601)."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def presence(name: str, attribute: str) -> Contrast:
    """From none of something to any of it."""
    return Contrast(name, attribute, "none".__eq__, "none".__ne__)


def one_of(name: str, attribute: str, *values: str) -> Contrast:
    """From all other values to these."""
    return Contrast(name, attribute, lambda value: value not in values, values.__contains__)


def light_to_dark(name: str, attribute: str, light: float, dark: float) -> Contrast:
    """From colours above a brightness to those below one."""
    return Contrast(
        name, attribute, lambda colour: brightness(colour) > light, lambda colour: brightness(colour) < dark
    )


BACKGROUNDS = [
    one_of(f"{name} background", "backgroundColor", value)
    for name, value in {
        "blue": "#b6e3f4",
        "violet": "#c0aede",
        "green": "#c8ecd2",
        "lavender": "#d1d4f9",
        "pink": "#ffd5dc",
        "orange": "#ffdfbf",
        "yellow": "#fff3b0",
    }.items()
]
MOOD = Contrast("mouth sad to happy", "mouth", lambda value: value.startswith("sad"), lambda value: "happy" in value)
CONTRASTS = {
    "nvae-avatars32": [
        presence("glasses", "glasses"),
        presence("beard", "beard"),
        presence("earrings", "earrings"),
        presence("freckles", "freckles"),
        presence("flowers in the hair", "hairAccessories"),
        light_to_dark("skin light to dark", "skinColor", 170, 115),
        light_to_dark("hair light to dark", "hairColor", 125, 80),
        one_of("red hair", "hairColor", "#c93305", "#a55728"),
        one_of("blue hair", "hairColor", "#3fa7d6", "#605de4", "#238d80"),
        MOOD,
        *BACKGROUNDS,
    ],
    "nvae-pixelart16": [
        presence("glasses", "glasses"),
        presence("beard", "beard"),
        presence("hat", "hat"),
        presence("earrings", "accessories"),
        light_to_dark("skin light to dark", "skinColor", 180, 130),
        light_to_dark("hair light to dark", "hairColor", 110, 70),
        one_of("red hair", "hairColor", "#bd1700"),
        one_of("green hair", "hairColor", "#91cb15"),
        Contrast("hair short to long", "hair", lambda value: "short" in value, lambda value: "long" in value),
        MOOD,
        *BACKGROUNDS,
    ],
}
