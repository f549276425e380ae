"""Sketches: 32x32 pixels in sixteen colours, as one short text that any request, link or call can carry.

The pixels stand row by row as runs: the letter of a colour, then how many pixels have it, where that is not one.
"""

from __future__ import annotations

import re
from itertools import groupby

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]

SIDE = 32
PALETTE = {  # name: colour, in the order of their letters a to p; the first is the paper
    "white": "#ffffff",
    "black": "#000000",
    "dark grey": "#5b5b5b",
    "light grey": "#bdbdbd",
    "light skin": "#f2d3b1",
    "dark skin": "#9e5622",
    "brown": "#5f3a22",
    "red": "#d63a2f",
    "orange": "#f08a24",
    "yellow": "#f7d13d",
    "green": "#4f9d4a",
    "turquoise": "#35a7a0",
    "light blue": "#b6e3f4",
    "blue": "#3d74d0",
    "violet": "#7d4bb5",
    "pink": "#ee8fb4",
}
LETTERS = "abcdefghijklmnop"
PATTERN = r"^(?:[a-p][0-9]{0,4})*$"
LONGEST = SIDE * SIDE  # a run of n pixels is never written in more than n characters

_RUN = re.compile(r"([a-p])([0-9]{0,4})")
_COLOURS = np.array([list(bytes.fromhex(colour[1:])) for colour in PALETTE.values()], np.uint8)


def pixels(sketch: str) -> Bytes:
    """The picture (32, 32, 3) of a text that fits PATTERN; what it leaves out is paper, what is too much is cut off."""
    runs = [LETTERS.index(letter) for letter, count in _RUN.findall(sketch) for _ in range(_length(count))]
    places = (runs + [0] * SIDE * SIDE)[: SIDE * SIDE]
    picture: Bytes = _COLOURS[np.array(places).reshape(SIDE, SIDE)]
    return picture


def written(places: npt.NDArray[np.int64]) -> str:
    """The text of colours (32, 32), given by their places in the palette."""
    runs = ((LETTERS[colour], len(list(run))) for colour, run in groupby(places.ravel().tolist()))
    return "".join(letter if count == 1 else f"{letter}{count}" for letter, count in runs)


def _length(count: str) -> int:
    return min(int(count), SIDE * SIDE) if count else 1
