"""Errors as colours, and a run as one picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from playground.tabs.sampling.reconstruct.view import Rebuilt
from playground.ui.image_grid import png

Bytes = npt.NDArray[np.uint8]

BRIGHTEST = 0.5  # the error, of values in [0, 1], from which the map is brightest
RAMP = np.array([[13, 10, 32], [87, 16, 110], [188, 55, 84], [249, 142, 9], [252, 255, 164]])
CELL, GAP = 128, 8


def error_map(errors: npt.NDArray[np.floating]) -> Bytes:
    """Errors (H, W) as colours (H, W, 3), from nearly black for none over red to light yellow."""
    places = np.clip(errors / BRIGHTEST, 0, 1)
    levels = np.linspace(0, 1, len(RAMP))
    return np.stack([np.interp(places, levels, RAMP[:, channel]) for channel in range(3)], -1).round().astype(np.uint8)


def sheet_png(view: Rebuilt) -> bytes:
    """A PNG file: for every set a row with the picture and what each model made, and below it the errors."""
    rows: list[list[Bytes]] = []
    for name, prepared in view.prepared.items():
        made = view.of_set(name)
        rows.append([prepared.picture, *(each.picture for each in made)])
        rows.append([np.full((1, 1, 3), 255, np.uint8), *(error_map(each.errors) for each in made)])
    return png(_page(rows) if rows else np.full((1, 1, 3), 255, np.uint8))


def _page(rows: Sequence[Sequence[Bytes]]) -> Bytes:
    """Pictures in rows, each enlarged to a cell, on white."""
    columns = max(map(len, rows))
    page = np.full((len(rows) * (CELL + GAP) - GAP, columns * (CELL + GAP) - GAP, 3), 255, np.uint8)
    for row, pictures in enumerate(rows):
        for column, picture in enumerate(pictures):
            top, left = row * (CELL + GAP), column * (CELL + GAP)
            page[top : top + CELL, left : left + CELL] = _enlarged(picture)
    return page


def _enlarged(picture: Bytes) -> Bytes:
    """A square picture in a cell, by the nearest pixel."""
    places = np.arange(CELL) * len(picture) // CELL
    return np.broadcast_to(picture[places][:, places], (CELL, CELL, 3))
