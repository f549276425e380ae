"""Zips of small pictures, good and bad."""

from __future__ import annotations

import io
import zipfile

import numpy as np
from PIL import Image


def picture(seed: int = 0, side: int = 8, kind: str = "PNG") -> bytes:
    """An image file of random pixels."""
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def plain_picture(side: int) -> bytes:
    """A black PNG: few bytes, many pixels."""
    file = io.BytesIO()
    Image.new("L", (side, side)).save(file, "PNG")
    return file.getvalue()


def two_classes(count: int = 100) -> dict[str, bytes]:
    """Names and bytes of that many images in two folders."""
    return {f"{'cats' if n % 2 else 'dogs'}/{n:04}.png": picture(n) for n in range(count)}


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return file.getvalue()
