"""One picture from a person: every kind is decoded, and everything else is refused in a sentence."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from playground.runtime import pictures
from playground.runtime.errors import InvalidRequest
from playground.runtime.pictures import TooManyPixels, decode, read_header
from playground.runtime.sessions import FILE_BYTES, TOO_LARGE

RED, BLUE = (255, 0, 0), (0, 0, 255)


def halves(width: int = 24, height: int = 16) -> Image.Image:
    """Red at the left, blue at the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """A file's bytes."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def refusal(data: bytes, name: str = "cat.png") -> str:
    """The template of the sentence that a file is refused with."""
    with pytest.raises(InvalidRequest) as caught:
        decode(data, name)
    assert name in str(caught.value)
    return caught.value.message


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
@pytest.mark.parametrize("name", ["a.png", "a.txt", ""])
def test_every_format_is_known_by_its_content(kind, name):
    seen = decode(saved(halves(), kind), name)
    assert seen.shape == (16, 24, 3)
    assert seen.dtype == np.uint8
    assert np.abs(seen[8, 4].astype(int) - RED).max() < 40
    assert np.abs(seen[8, 20].astype(int) - BLUE).max() < 40


MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("1", "L", "RGB", "CMYK", "YCbCr"),
    "GIF": ("1", "L", "P", "RGBA"),
    "WEBP": ("RGB", "RGBA"),
    "BMP": ("1", "L", "P", "RGB", "RGBA"),
}


@pytest.mark.parametrize(("kind", "mode"), [(kind, mode) for kind, modes in MODES.items() for mode in modes])
def test_every_mode_that_a_format_can_hold_becomes_rgb(kind, mode):
    image = halves().convert("L" if mode in ("LA", "I;16") else "RGB").convert(mode)
    seen = decode(saved(image, kind), "a")
    assert seen.shape == (16, 24, 3)
    assert seen[8, 4].tolist() != seen[8, 20].tolist() or mode in ("1", "I;16")


def test_other_formats_are_refused():
    assert refusal(saved(halves(), "TIFF")) == pictures.NOT_PICTURE


def test_cmyk_keeps_its_colours():
    seen = decode(saved(halves().convert("CMYK"), "JPEG", quality=95), "a.jpg")
    assert np.abs(seen[8, 4].astype(int) - RED).max() < 40


def test_what_is_transparent_shows_white_paper():
    image = Image.new("RGBA", (2, 1), (255, 0, 0, 0))
    image.putpixel((1, 0), (0, 0, 0, 128))
    assert decode(saved(image), "a")[0].tolist() == [[255, 255, 255], [127, 127, 127]]


@pytest.mark.parametrize("transparency", [0, b"\x00\x80"])
def test_a_palette_with_transparency_shows_white_paper(transparency):
    image = Image.new("P", (1, 1), 0)
    image.putpalette([9, 9, 9, 200, 0, 0])
    assert decode(saved(image, transparency=transparency), "a").tolist() == [[[255, 255, 255]]]


def test_sixteen_bits_of_grey_are_scaled_not_cut():
    levels = np.array([[0, 257 * 100, 65535]], np.uint16)
    assert decode(saved(Image.fromarray(levels)), "a")[0, :, 0].tolist() == [0, 100, 255]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_animation_counts_as_its_first_frame(kind):
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, BLUE)]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
    assert np.abs(decode(data, "a")[4, 4].astype(int) - RED).max() < 12


ORIENTATION = 0x0112


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_as_its_camera_was(orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    upright = halves()
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    assert decode(saved(stored, exif=exif), "a").tolist() == np.asarray(upright).tolist()


def header_only(width: int, height: int) -> bytes:
    """A PNG that says it is so large and holds next to nothing."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    return start + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))


@pytest.mark.parametrize("side", [4473, 9500, 14_000, 60_000])
def test_pixels_are_counted_before_anything_is_decoded(side, monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("decoded"))
    with pytest.raises(TooManyPixels):
        decode(header_only(side, side), "a")


def test_a_picture_may_be_as_large_as_is_said():
    image = Image.new("1", (pictures.MOST_PIXELS // 1000, 1000))
    assert decode(saved(image), "a").shape == (1000, 20_000, 3)


WHOLE = saved(halves(64, 64))
PHOTO = saved(halves(64, 64), "JPEG")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", pictures.EMPTY),
        (b"Dear reader, this is no picture.", pictures.NOT_PICTURE),
        (b"PK\x03\x04" + bytes(100), pictures.NOT_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", pictures.NOT_PICTURE),
        (WHOLE[:8], pictures.NOT_PICTURE),
        (WHOLE[: len(WHOLE) // 2], pictures.DAMAGED),
        (PHOTO[:100], pictures.NOT_PICTURE),
        (PHOTO[:-60], pictures.DAMAGED),
        (bytes(FILE_BYTES + 1), TOO_LARGE),
    ],
)
def test_a_file_that_is_no_picture_is_refused_in_a_sentence(data, sentence):
    assert refusal(data) == sentence


@settings(max_examples=60)
@given(st.binary(max_size=200), st.sampled_from([b"", *(saved(halves(), kind)[:24] for kind in pictures.FORMATS)]))
def test_random_bytes_are_refused_or_decoded_and_nothing_else(data, start):
    with suppress(InvalidRequest):
        assert decode(start + data, "a").ndim == 3


@settings(max_examples=80)
@given(st.sampled_from(pictures.FORMATS), st.data())
def test_changed_and_cut_files_are_refused_or_decoded_and_nothing_else(kind, data):
    file = bytearray(saved(halves(9, 5), kind))
    for _ in range(data.draw(st.integers(0, 4))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    with suppress(InvalidRequest):
        assert decode(bytes(file[: data.draw(st.integers(0, len(file)))]), "a").shape[2] == 3


def test_only_the_formats_asked_for_are_read():
    with pytest.raises(InvalidRequest):
        read_header(saved(halves(), "GIF"), "a", ("PNG",))
