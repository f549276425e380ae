"""One picture from a person: its header is looked at before anything is decoded, and whatever is wrong is a sentence.

What a file is called does not matter: its content says what it is. Animations count as their first frame, photographs
are turned upright, what is transparent shows white paper, and 16 bits of grey become 8.
"""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from playground.runtime.errors import InvalidRequest
from playground.runtime.sessions import FILE_BYTES, TOO_LARGE

Bytes = npt.NDArray[np.uint8]

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")
MILLION = 10**6
MOST_PIXELS = 20 * MILLION
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

EMPTY = "{name} is empty: choose another file."
NOT_PICTURE = "{name} holds no picture that can be read, whatever its name says: choose a PNG, JPEG, GIF, WebP or BMP."
DAMAGED = "{name} is damaged or cut short: save it again, or choose another file."
TOO_FINE = "{name} has more than {most} million pixels: make it smaller."


class TooManyPixels(InvalidRequest):
    """A picture is too large to be decoded."""


def decode(data: bytes, name: str) -> Bytes:
    """The picture (H, W, 3) in a file of at most 5 MB and 20 million pixels; InvalidRequest says what is wrong."""
    if not data:
        raise InvalidRequest(EMPTY, name=name)
    if len(data) > FILE_BYTES:
        raise InvalidRequest(TOO_LARGE, name=name, limit=FILE_BYTES // 2**20)
    with read_header(data, name) as image:
        if image.width * image.height > MOST_PIXELS:
            raise TooManyPixels(TOO_FINE, name=name, most=MOST_PIXELS // MILLION)
        return np.asarray(upright(image, name))


def read_header(data: bytes, name: str, formats: tuple[str, ...] = FORMATS) -> Image.Image:
    """A picture of which only the header is read; TooManyPixels, or InvalidRequest if it is none."""
    try:
        return Image.open(io.BytesIO(data), formats=formats)
    except BOMBS as error:
        raise TooManyPixels(TOO_FINE, name=name, most=MOST_PIXELS // MILLION) from error
    except Exception as error:  # a reader may fail in any way on hostile bytes
        raise InvalidRequest(NOT_PICTURE, name=name) from error


def upright(image: Image.Image, name: str) -> Image.Image:
    """The first frame as RGB on white paper, turned as its camera was; InvalidRequest if it cannot be decoded."""
    try:
        turned = _eight_bits(ImageOps.exif_transpose(image))
        if not turned.has_transparency_data:
            return turned.convert("RGB")
        layer = turned.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    except Exception as error:  # as above
        raise InvalidRequest(DAMAGED, name=name) from error


def _eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen bits of grey as eight: Pillow would cut off at 255 instead of scaling."""
    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image).astype(np.int64) // 257).clip(0, 255).astype(np.uint8))
