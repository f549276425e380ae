"""The pictures of a run as one image or as an animation, which goes there and back."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from playground.tabs.sampling.frames import Images
from playground.tabs.sampling.view import View
from playground.ui.image_grid import Picture, png, sheet

SIZE = 256  # pixels of a picture at least, in whole multiples of its own
COLUMNS = 8
MILLISECONDS, TURN = 90, 600  # that a picture stays, and one at either end


def gif(view: View) -> bytes:
    """The longest section, forwards and backwards; all variants side by side. Empty before the first pictures."""
    strips = _longest(view)
    if not strips:
        return b""
    pictures = [Image.fromarray(enlarged(picture)) for picture in np.concatenate(strips, axis=2)]
    back = pictures[-2:0:-1]
    durations = [MILLISECONDS] * (len(pictures) + len(back))
    durations[0] = durations[len(pictures) - 1] = TURN
    file = io.BytesIO()
    pictures[0].save(
        file, "GIF", save_all=True, append_images=[*pictures[1:], *back], duration=durations, loop=0, disposal=1
    )
    return file.getvalue()


def still(view: View) -> bytes:
    """The longest section on one sheet, all variants below each other. Empty before the first pictures."""
    strips = _longest(view)
    if not strips:
        return b""
    columns = min(COLUMNS, len(strips[0]))
    pages = [sheet(np.stack([enlarged(picture) for picture in strip]), columns, gap=16) for strip in strips]
    return png(sheet(np.stack(pages), 1, gap=48))


def enlarged(picture: Picture) -> Picture:
    """The picture (H, W, C) as RGB in whole multiples of its pixels, at least 256 high."""
    factor = -(-SIZE // picture.shape[0])
    colours = np.broadcast_to(picture, (*picture.shape[:2], 3))
    return np.repeat(np.repeat(colours, factor, axis=0), factor, axis=1)


def _longest(view: View) -> list[Images]:
    """The longest section of every variant, as many pictures of each as all of them have."""
    if view.start is None:
        return []
    counts = list(view.start.sections.values())
    found = [view.images(variant, counts.index(max(counts))) for variant in range(len(view.start.variants))]
    strips = [strip for strip in found if strip is not None]
    shared = min(map(len, strips), default=0)
    return [strip[:shared] for strip in strips] if len(strips) == len(found) else strips[:1]
