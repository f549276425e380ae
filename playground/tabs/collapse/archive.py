"""A zip of images from a person: one folder a class, checked before anything is decoded, never written to disk.

All that a zip says of itself is bounded first (entries, names, sizes, kinds); then the header of every image is
read, and only when all of them together have few enough pixels is the first one decoded.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

import numpy as np
from PIL import Image

from playground.runtime.errors import InvalidRequest
from playground.runtime.pictures import MOST_PIXELS, TooManyPixels, read_header, upright
from playground.tabs.collapse.dataset import MOST_PROBES, Dataset
from playground.tabs.collapse.pictures import Bytes, dataset

MEGABYTE = 10**6
MOST_BYTES = 5 * MEGABYTE
MOST_ENTRIES = 2000
MOST_UNPACKED = 20 * MEGABYTE
MOST_CLASSES = 100
LONGEST_NAME = 60
FEWEST_IMAGES = 40
SIDE = 32
FORMATS = ("PNG", "JPEG")
DRIVE = re.compile(r"[A-Za-z]:")
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN_BY = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, OverflowError, RuntimeError)
PROBE_SHARE = 5  # every fifth image is kept for the probe
SEED = 5

BROKEN = "The zip is broken: pack the folders again."
TOO_LARGE = "The zip is larger than {most} MB: leave images out, or make them smaller."
TOO_MANY = "The zip holds more than {most} files: leave some out."
TOO_MUCH = "Unpacked, the zip would be larger than {most} MB: make the images smaller; 64x64 is plenty."
TOO_FINE = "The images have more than {most} million pixels together: make them smaller; 64x64 is plenty."
ENCRYPTED = "The zip is encrypted: pack it without a password."
METHOD = "{name} is packed in an unusual way: pack the folders as an ordinary zip."
OUTSIDE = "{name} points outside the zip: pack the folders again, without links and absolute names."
NO_FOLDER = "{name} lies in no folder: put every image into the folder of its class."
NOT_IMAGE = "{name} is not a PNG or JPEG image that can be read: leave it out."
LONG_NAME = "A folder's name is longer than {most} letters: rename it."
ONE_CLASS = "The zip needs at least two folders with images, one for each class."
MANY_CLASSES = "The zip has more than {most} folders with images: leave some out."
TOO_FEW = "The zip holds {count} images: at least {fewest} are needed."


def unpack(data: bytes) -> Dataset:
    """The images of a zip as 32x32 RGB, every fifth one kept for the probe; InvalidRequest says what is wrong."""
    if len(data) > MOST_BYTES:
        raise InvalidRequest(TOO_LARGE, most=MOST_BYTES // MEGABYTE)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = _entries(archive)
            classes = _classes(entries)
            files = [(_shown(entry.filename), archive.read(entry)) for entry in entries]
    except BROKEN_BY as error:
        raise InvalidRequest(BROKEN) from error
    labels = np.array([classes.index(_folder(entry.filename)) for entry in entries])
    return _split(np.stack(list(_decoded(files))), labels, tuple(classes))


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The images among a zip's entries, once everything it says of itself is within bounds."""
    everything = archive.infolist()
    if len(everything) > MOST_ENTRIES:
        raise InvalidRequest(TOO_MANY, most=MOST_ENTRIES)
    # No more than the size that an entry states is ever read of it.
    if sum(entry.file_size for entry in everything) > MOST_UNPACKED:
        raise InvalidRequest(TOO_MUCH, most=MOST_UNPACKED // MEGABYTE)
    for entry in everything:
        _check(entry)
    entries = [entry for entry in everything if not entry.is_dir() and not _hidden(entry.filename)]
    if len(entries) < FEWEST_IMAGES:
        raise InvalidRequest(TOO_FEW, count=len(entries), fewest=FEWEST_IMAGES)
    return sorted(entries, key=lambda entry: entry.filename)


def _check(entry: zipfile.ZipInfo) -> None:
    """Raise InvalidRequest for an entry that no ordinary zip of images has."""
    name = _shown(entry.filename)
    parts = PurePosixPath(entry.filename.replace("\\", "/"))
    if entry.flag_bits & 0x1:
        raise InvalidRequest(ENCRYPTED)
    link = stat.S_ISLNK(entry.external_attr >> 16)
    if link or not parts.name or parts.is_absolute() or ".." in parts.parts or DRIVE.match(str(parts)):
        raise InvalidRequest(OUTSIDE, name=name)
    if entry.compress_type not in PLAIN:
        raise InvalidRequest(METHOD, name=name)


def _classes(entries: list[zipfile.ZipInfo]) -> list[str]:
    """The names of the folders that hold images, in their order."""
    for entry in entries:
        if not _folder(entry.filename):
            raise InvalidRequest(NO_FOLDER, name=_shown(entry.filename))
    classes = sorted({_folder(entry.filename) for entry in entries})
    if len(classes) < 2:
        raise InvalidRequest(ONE_CLASS)
    if len(classes) > MOST_CLASSES:
        raise InvalidRequest(MANY_CLASSES, most=MOST_CLASSES)
    if max(map(len, classes)) > LONGEST_NAME:
        raise InvalidRequest(LONG_NAME, most=LONGEST_NAME)
    return classes


def _decoded(files: list[tuple[str, bytes]]) -> Iterator[Bytes]:
    """Every image as (32, 32, 3)."""
    images = [(name, _opened(name, data)) for name, data in files]
    if sum(image.width * image.height for _, image in images) > MOST_PIXELS:
        raise InvalidRequest(TOO_FINE, most=MOST_PIXELS // 10**6)
    for name, image in images:
        try:
            small = upright(image, name).resize((SIDE, SIDE), Image.Resampling.BOX)
        except InvalidRequest as error:
            raise InvalidRequest(NOT_IMAGE, name=name) from error
        image.close()
        yield np.asarray(small)


def _opened(name: str, data: bytes) -> Image.Image:
    """An image of which only the header is read."""
    try:
        return read_header(data, name, FORMATS)
    except TooManyPixels as error:
        raise InvalidRequest(TOO_FINE, most=MOST_PIXELS // 10**6) from error
    except InvalidRequest as error:
        raise InvalidRequest(NOT_IMAGE, name=name) from error


def _split(images: Bytes, labels: np.ndarray, classes: tuple[str, ...]) -> Dataset:
    """Every fifth image of a shuffled pile is the probe's; the same ones each time."""
    order = np.random.default_rng(SEED).permutation(len(images))
    probes = min(MOST_PROBES, len(images) // PROBE_SHARE)
    probe, kept = np.sort(order[:probes]), np.sort(order[probes:])
    return dataset(images[kept], images[probe], labels[probe], classes)


def _folder(filename: str) -> str:
    """The folder that an entry lies in, the last one of several; empty for none."""
    return PurePosixPath(filename.replace("\\", "/")).parent.name


def _hidden(filename: str) -> bool:
    """Whether an operating system put the entry there."""
    parts = PurePosixPath(filename).parts
    return parts[0] == "__MACOSX" or parts[-1].startswith(".") or parts[-1] == "Thumbs.db"


def _shown(filename: str) -> str:
    """An entry's name, short enough for a sentence."""
    return filename if len(filename) <= LONGEST_NAME else filename[:LONGEST_NAME] + "…"
