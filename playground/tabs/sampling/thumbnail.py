"""A run as a small drawing for the Home card."""

from __future__ import annotations

from playground.tabs.sampling.view import View
from playground.ui.html import element
from playground.ui.image_grid import data_uri

COLUMNS, SIZE, GAP = 6, 36, 5


def thumbnail(view: View) -> str:
    """Two rows of the first pictures, as SVG."""
    images = view.images(0, 0)
    shown = [] if images is None else list(images[: 2 * COLUMNS])
    places = ((place % COLUMNS * (SIZE + GAP), place // COLUMNS * (SIZE + GAP)) for place in range(len(shown)))
    pictures = (
        element("image", href=data_uri(picture), x=x, y=y, width=SIZE, height=SIZE, style="image-rendering: pixelated")
        for picture, (x, y) in zip(shown, places, strict=False)
    )
    width, height = COLUMNS * (SIZE + GAP) - GAP, 2 * (SIZE + GAP) - GAP
    return element("svg", *pictures, viewBox=f"0 0 {width} {height}", role="img", aria_label="16 samples")
