"""Codes of two numbers as a map: points in the colours of their classes, as an SVG."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playground.ui.html import element

CLASSES = 10  # colours
LEAST_REACH = 3.0  # of the map in each direction
SHARE_SHOWN = 0.99  # of the coordinates; points beyond stand at the edge


def map_svg(points: npt.NDArray[np.floating], labels: npt.NDArray[np.integer], title: str) -> str:
    """The points (M, 2) of the classes (M,), and the circle of two deviations of N(0, I)."""
    wide = points.astype(np.float64)
    reach = max(LEAST_REACH, 1.05 * float(np.quantile(np.abs(wide), SHARE_SHOWN)))
    places = 100 * np.clip(wide / reach, -1, 1)
    ring = element("circle", r=f"{200 / reach:.1f}", class_="ring")
    dots = [_dots(places[labels % CLASSES == colour], colour) for colour in range(CLASSES)]
    return element("svg", ring, *dots, viewBox="-103 -103 206 206", role="img", aria_label=title)


def _dots(places: npt.NDArray[np.float64], colour: int) -> str:
    """One path of points; upwards is positive, as on any map."""
    path = "".join(f"M{x:.1f} {-y:.1f}h0" for x, y in places.tolist())
    return element("path", d=path, style=f"stroke: var(--class-{colour})")
