"""Where the picture comes from, and how it is made to fit a set's models."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from playground.runtime import sketches
from playground.runtime.contracts import Context
from playground.runtime.errors import InvalidRequest
from playground.runtime.pictures import decode
from playground.runtime.settings import REPOSITORY
from playground.tabs.sampling.reconstruct.request import EXAMPLES, ReconstructRequest

Bytes = npt.NDArray[np.uint8]

SHIPPED = {"avatar": "avatars", "pixel-art": "pixel-art", "garment": "fashion-mnist"}  # assets/<file>.npz
SHAPES = {"avatars32": (32, 3), "pixelart16": (16, 3), "fashion28": (28, 1)}  # side, channels
LIGHT = 127.5  # mean of the edge from which a background counts as light

NO_FILE = "There is no picture yet: choose a file, or take an example."
NO_DRAWING = "There is no drawing yet: draw something, or take an example."


def picture_of(request: ReconstructRequest, context: Context) -> Bytes:
    """The picture (H, W, 3) that a request asks about; InvalidRequest says what is missing or wrong."""
    if request.source == "upload":
        if request.upload is None:
            raise InvalidRequest(NO_FILE)
        return decode(context.attachment("upload"), request.upload.name)
    if request.source == "drawing":
        if not request.sketch:
            raise InvalidRequest(NO_DRAWING)
        return sketches.pixels(request.sketch)
    return example(request.example, request.number)


def example(kind: str, number: int, name: str = "avatars32") -> Bytes:
    """Example 1 to 48 of a kind, (H, W, 3); noise is made for a set's side, as resizing would dampen it."""
    side, channels = SHAPES[name]
    if kind == "noise":
        picture = np.random.default_rng(number).integers(0, 256, (side, side, channels), np.uint8)
    elif kind == "grey":
        picture = np.full((side, side, 3), round(255 * number / EXAMPLES), np.uint8)
    else:
        picture = _held_out(SHIPPED[kind])[number - 1]
    return np.broadcast_to(picture, (*picture.shape[:2], 3))


@cache
def _held_out(name: str) -> Bytes:
    """Held-out pictures (48, H, W, C) from all over a set that ships."""
    with np.load(REPOSITORY / "assets" / f"{name}.npz") as stored:
        everything: Bytes = stored["probe"]
    places = np.linspace(0, len(everything) - 1, EXAMPLES).round().astype(np.int64)
    chosen: Bytes = everything[places]
    return chosen


def squared(picture: Bytes) -> Bytes:
    """The middle square."""
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return picture[top : top + side, left : left + side]


def fitted(picture: Bytes, name: str, *, invert: bool) -> tuple[Bytes, tuple[str, ...]]:
    """A picture (H, W, 3) as a set's models see it, (side, side, C), and the names of what was done to it."""
    (side, channels), steps = SHAPES[name], []
    height, width = picture.shape[:2]
    if height != width:
        steps.append("cropped")
    square = Image.fromarray(np.ascontiguousarray(squared(picture)))
    if square.width != side:
        steps.append("smaller" if square.width > side else "larger")
        square = square.resize((side, side), Image.Resampling.BOX)
    if channels == 3:
        return np.asarray(square), tuple(steps)
    if _is_coloured(picture):
        steps.append("grey")
    grey = np.asarray(square.convert("L"))
    if invert and _edge(grey).mean() > LIGHT:
        steps.append("inverted")
        grey = 255 - grey
    return grey[:, :, None], tuple(steps)


def _is_coloured(picture: Bytes) -> bool:
    return bool((picture != picture[:, :, :1]).any())


def _edge(grey: Bytes) -> Bytes:
    """The outermost pixels."""
    return np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])
