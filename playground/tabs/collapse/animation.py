"""The recorded pictures as one GIF: the clouds of all variants side by side, with step and verdict."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from playground.tabs.collapse.frames import CollapseFrame
from playground.tabs.collapse.names import names
from playground.tabs.collapse.request import CollapseRequest
from playground.tabs.collapse.verdicts import judge
from playground.tabs.collapse.view import View

SIZE = 240  # pixels of a cloud
CAPTION = 44  # pixels below it
MOST_PICTURES = 100
MILLISECONDS = 80  # that a picture stays
LAST = 2000
COMPONENTS = 0.8  # their size: about their mean, some lie a little outside the unit sphere
YAW, PITCH = 0.6, 0.35  # the page's first view
PAPER, INK, LINE = 0, 1, 2  # places in the palette, before the classes' colours
PALETTE = ("#ffffff", "#1d2125", "#e4e1d8")
CLASSES = (
    "#0b6e6e",
    "#c2410c",
    "#4056a1",
    "#a2722a",
    "#7b3f72",
    "#4b7f3a",
    "#b0385a",
    "#2f8fb8",
    "#8a8d1f",
    "#5d666f",
)

Pixels = npt.NDArray[np.uint8]


def gif(view: View, request: CollapseRequest) -> bytes:
    """The animation, of at most 100 pictures."""
    if view.start is None or not view.frames:
        return b""
    pictures = [_picture(view, frame, request) for frame in thinned(view.recorded(request.every))]
    durations = [MILLISECONDS] * (len(pictures) - 1) + [LAST]
    file = io.BytesIO()
    pictures[0].save(
        file, "GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0, optimize=False, disposal=1
    )
    return file.getvalue()


def thinned(frames: Sequence[CollapseFrame]) -> Sequence[CollapseFrame]:
    """Some hundred at most, evenly spread, the first and the last among them."""
    if len(frames) <= MOST_PICTURES:
        return frames
    return [frames[int(place)] for place in np.linspace(0, len(frames) - 1, MOST_PICTURES)]


def _picture(view: View, frame: CollapseFrame, request: CollapseRequest) -> Image.Image:
    """All clouds of one moment side by side."""
    assert view.start is not None
    labels = view.start.labels
    dimensions = view.start.dimensions.tolist()
    clouds = [
        cloud_pixels(points.astype(np.float32) * (1 if dimension <= 3 else COMPONENTS), labels, flat=dimension == 2)
        for points, dimension in zip(frame.points, dimensions, strict=True)
    ]
    sheet = np.concatenate([np.concatenate(clouds, axis=1), np.zeros((CAPTION, SIZE * len(clouds)), np.uint8)])
    image = Image.fromarray(sheet, "P")
    image.putpalette(_palette())
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(11)
    verdicts = judge(view, frame)
    for place, name in enumerate(names(request, "en")):
        lines = (_short(name), f"step {frame.step:,}: {verdicts[place].kind}")
        for line, words in enumerate(lines):
            pen.text((place * SIZE + 8, SIZE + 4 + 17 * line), words, fill=INK, font=font)
    return image


def cloud_pixels(points: npt.NDArray[np.float32], labels: npt.NDArray[Any], *, flat: bool) -> Pixels:
    """A cloud (N, 3) seen from the page's first view as palette places (SIZE, SIZE), the nearest points on top."""
    pixels = np.full((SIZE, SIZE), PAPER, np.uint8)
    angle = np.linspace(0, 2 * math.pi, 4 * SIZE)
    outline = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    _stamp(pixels, outline, np.full(len(outline), LINE, np.uint8), spots=((0, 0),))
    seen = points.copy() if flat else projected(points)
    order = np.argsort(seen[:, 2], kind="stable")
    colors = (len(PALETTE) + labels % len(CLASSES)).astype(np.uint8)
    _stamp(pixels, seen[order, :2], colors[order], spots=SPOTS)
    return pixels


SPOTS = tuple((x, y) for x in (-1, 0, 1) for y in (-1, 0, 1))  # of a point


def projected(points: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Points (N, 3) turned by the camera: to the right, upwards, towards the eye."""
    cy, sy, cp, sp = math.cos(YAW), math.sin(YAW), math.cos(PITCH), math.sin(PITCH)
    x, y, z = points.T
    depth = cy * y - sy * x
    return np.stack([cy * x + sy * y, cp * z + sp * depth, sp * z - cp * depth], axis=1).astype(np.float32)


def _stamp(pixels: Pixels, places: npt.NDArray[Any], colors: Pixels, spots: Sequence[tuple[int, int]]) -> None:
    """Colour the pixels at places (N, 2) of the unit square, later ones over earlier ones."""
    middle, radius = SIZE / 2, 0.45 * SIZE
    across = np.rint(middle + radius * np.nan_to_num(places[:, 0])).astype(int)
    down = np.rint(middle - radius * np.nan_to_num(places[:, 1])).astype(int)
    for x, y in spots:
        pixels[np.clip(down + y, 0, SIZE - 1), np.clip(across + x, 0, SIZE - 1)] = colors


def _palette() -> bytes:
    return b"".join(bytes.fromhex(color[1:]) for color in (*PALETTE, *CLASSES))


def _short(name: str) -> str:
    # The font at hand has no letters with marks of their own.
    return name.replace("x̄", "x").replace("×", "x")[:38]
