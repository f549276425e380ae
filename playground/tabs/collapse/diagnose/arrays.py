"""Arrays from the bytes of an .npy file, which nobody trusts.

The header is read and its promises are checked against the bytes at hand before anything is made of it; nothing is
ever unpickled.
"""

from __future__ import annotations

import io
import math
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from playground.runtime.errors import InvalidRequest

BROKEN = "{name} is not an .npy file that can be read: save it again with numpy.save."
OBJECTS = "{name} holds Python objects, which are never read: save a plain array of numbers."
NOT_NUMBERS = "{name} holds {dtype}, not numbers: save an array of floats."
CUT_SHORT = "{name} is shorter than its header says: upload it again."

MOST_AXES = 32  # numpy itself stops at 64, before its version 2 at 32


def array_of(data: bytes, name: str, kinds: str = "fiub") -> npt.NDArray[Any]:
    """The array in an .npy file of one of these dtype kinds; InvalidRequest says what is wrong with it."""
    shape, fortran, dtype, offset = _header(data, name)
    if dtype.hasobject:
        raise InvalidRequest(OBJECTS, name=name)
    if dtype.kind not in kinds or dtype.shape:
        raise InvalidRequest(NOT_NUMBERS, name=name, dtype=str(dtype)[:40])
    count = math.prod(shape)
    if count * dtype.itemsize > len(data) - offset:
        raise InvalidRequest(CUT_SHORT, name=name)
    if not dtype.itemsize or (dtype.kind == "U" and not _are_letters(data, dtype, count, offset)):
        raise InvalidRequest(BROKEN, name=name)
    if not count:
        return np.zeros(shape, dtype)
    return np.frombuffer(data, dtype, count, offset).reshape(shape, order="F" if fortran else "C")


def _are_letters(data: bytes, dtype: np.dtype[Any], count: int, offset: int) -> bool:
    """Whether words are made of code points that a text may hold."""
    each = np.dtype("u4").newbyteorder(dtype.byteorder)
    codes = np.frombuffer(data, each, count * dtype.itemsize // each.itemsize, offset)
    return bool(((codes < 0xD800) | ((codes > 0xDFFF) & (codes < 0x110000))).all())


def _header(data: bytes, name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    """Shape, whether in Fortran's order, dtype, and where the numbers begin."""
    file = io.BytesIO(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # headers that Python 2 wrote
            readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
            shape, fortran, dtype = readers[npy.read_magic(file)](file)
    except Exception:  # a forged header fails in as many ways as Python's parser knows
        raise InvalidRequest(BROKEN, name=name) from None
    if len(shape) > MOST_AXES or any(type(size) is not int for size in shape):
        raise InvalidRequest(BROKEN, name=name)
    if any(not 0 <= size <= len(data) for size in shape):
        raise InvalidRequest(CUT_SHORT, name=name)
    return shape, fortran, dtype, file.tell()
