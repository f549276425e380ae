"""Real and fake points as a small SVG: in the plane over the critic's landscape, on a line as two histograms."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playground.tabs.sampling.critic.names import EDGE
from playground.ui.html import element
from playground.ui.image_grid import data_uri

Floats = npt.NDArray[np.float64]

UNIT = 100 / EDGE  # from the middle to an edge
BINS = 60
HIGHEST = 90  # of a histogram


def cloud_svg(real: Floats, fake: Floats, landscape: Floats, color: str, title: str) -> str:
    """Points (M, D) and (M, D), D = 1 or 2, and the critic's values on a grid, (G,) or (G, G)."""
    if real.shape[1] == 1:
        curve = _polyline(np.linspace(-100, 100, len(landscape)), 90 - 180 * _unit(landscape), "critic-line")
        drawn = [_histogram(real[:, 0], "real"), _histogram(fake[:, 0], "fake", color), curve]
    else:
        drawn = [_relief(landscape), _dots(real, "real"), _dots(fake, "fake", color)]
    return element("svg", *drawn, viewBox="-100 -100 200 200", role="img", aria_label=title)


def _relief(landscape: Floats) -> str:
    """The landscape in grey, high places light."""
    grey = np.rint(255 * _unit(landscape)).astype(np.uint8)[:, :, None]
    place = {"x": -100, "y": -100, "width": 200, "height": 200}
    return element("image", href=data_uri(grey), class_="relief", **place)


def _dots(points: Floats, class_: str, color: str | None = None) -> str:
    places = (UNIT * np.clip(points, -EDGE, EDGE)).tolist()
    path = "".join(f"M{x:.1f} {-y:.1f}h0" for x, y in places)
    return element("path", d=path, class_=class_, style=color and f"stroke: {color}")


def _histogram(values: Floats, class_: str, color: str | None = None) -> str:
    counts, edges = np.histogram(np.clip(values, -EDGE, EDGE), BINS, (-EDGE, EDGE))
    heights = 98 - HIGHEST * np.minimum(1, counts / (len(values) / 8))
    return _polyline(np.repeat(edges, 2)[1:-1] * UNIT, np.repeat(heights, 2), class_, color)


def _polyline(x: Floats, y: Floats, class_: str, color: str | None = None) -> str:
    points = " ".join(f"{across:.1f},{down:.1f}" for across, down in zip(x.tolist(), y.tolist(), strict=True))
    return element("polyline", points=points, class_=class_, style=color and f"stroke: {color}")


def _unit(values: Floats) -> Floats:
    """Values stretched to [0, 1]; equal ones are in the middle."""
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.full_like(values, 0.5)
