"""Small pictures side by side: a grid or a filmstrip of cards, which may be buttons."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from playground.ui.html import element, text

Images = npt.NDArray[np.uint8]  # (N, H, W, C) with C = 1 or 3
Picture = npt.NDArray[np.uint8]  # (H, W, C)


def grid_html(
    images: Images,
    *,
    columns: int,
    captions: Sequence[str] | None = None,
    act: Callable[[int], Mapping[str, Any]] | None = None,
    selected: int | None = None,
    label: Callable[[int], str] = str,
    pixelated: bool = True,
) -> str:
    """The pictures in at most so many columns, fewer where the page is narrow.

    `captions` are plain text, one for each picture; `label` gives a picture's alt text by its place. With `act` every
    picture is a button that asks for `act(place)`, and the selected one is pressed. Pixels stay squares when enlarged
    unless `pixelated` is off.
    """
    cells = _cells(images, captions, act, selected, label)
    return element("div", *cells, class_=_classes("image-grid", pixelated), style=f"--columns: {columns}")


def strip_html(
    images: Images,
    *,
    captions: Sequence[str] | None = None,
    act: Callable[[int], Mapping[str, Any]] | None = None,
    selected: int | None = None,
    label: Callable[[int], str] = str,
    pixelated: bool = True,
) -> str:
    """The pictures as one filmstrip, which scrolls sideways in its own frame where it does not fit."""
    cells = _cells(images, captions, act, selected, label)
    return element("div", *cells, class_=_classes("image-strip", pixelated), tabindex=0, role="group")


def image_html(picture: Picture, alt: str) -> str:
    """One picture (H, W, C) as an HTML image."""
    height, width = picture.shape[:2]
    return element("img", src=data_uri(picture), alt=alt, width=width, height=height)


def data_uri(picture: Picture) -> str:
    """The picture as the address of a PNG."""
    return f"data:image/png;base64,{base64.b64encode(png(picture)).decode('ascii')}"


def png(picture: Picture) -> bytes:
    """The picture (H, W, C), grey or RGB, as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(picture[:, :, 0] if picture.shape[2] == 1 else picture).save(file, "PNG")
    return file.getvalue()


def sheet(images: Images, columns: int, gap: int = 1) -> Picture:
    """All pictures (N, H, W, C) on one, row by row, with a white gap between them."""
    count, height, width, channels = images.shape
    rows = -(-count // columns)
    page = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), 255, np.uint8)
    for place, picture in enumerate(images):
        top, left = place // columns * (height + gap), place % columns * (width + gap)
        page[top : top + height, left : left + width] = picture
    return page


def _cells(
    images: Images,
    captions: Sequence[str] | None,
    act: Callable[[int], Mapping[str, Any]] | None,
    selected: int | None,
    label: Callable[[int], str],
) -> list[str]:
    words = [""] * len(images) if captions is None else list(captions)
    cells = []
    for place, (picture, caption) in enumerate(zip(images, words, strict=True)):
        image = image_html(picture, label(place))
        shown = image if act is None else _button(image, act(place), place == selected)
        below = element("figcaption", text(caption)) if caption else ""
        cells.append(element("figure", shown, below, class_="selected" if place == selected else None))
    return cells


def _button(image: str, data: Mapping[str, Any], pressed: bool) -> str:
    return element(
        "button", image, type="button", data_act=json.dumps(data), aria_pressed="true" if pressed else "false"
    )


def _classes(name: str, pixelated: bool) -> str:
    return f"{name} pixelated" if pixelated else name
