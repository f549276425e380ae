"""Frames as bytes and back, exactly: a JSON header and raw arrays, compressed; nothing is executed.

Frames are frozen dataclasses. Their fields may hold None, booleans, numbers, text, numpy arrays and
scalars of numbers or booleans, other registered dataclasses, and tuples and string-keyed dicts of these.

    bytes = zlib( header length: 8 bytes, little-endian · header: JSON · the arrays, one after another )
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from playground.runtime.contracts import Frame

Array = np.ndarray[Any, np.dtype[Any]]

_KINDS = "biufc"  # booleans and numbers; anything else could smuggle objects
_PLAIN = (type(None), bool, int, float, str)


def pack(frames: Sequence[Frame]) -> bytes:
    """The frames as bytes; TypeError for anything that cannot come back exactly."""
    arrays: list[Array] = []
    body = [_encode(frame, arrays) for frame in frames]
    header = json.dumps({"frames": body, "arrays": [[array.dtype.str, array.shape] for array in arrays]}).encode()
    return zlib.compress(b"".join((len(header).to_bytes(8, "little"), header, *(array.tobytes() for array in arrays))))


def unpack(data: bytes, types: Iterable[type]) -> list[Frame]:
    """The frames that were packed; ValueError unless they are intact and of the given dataclasses."""
    try:
        raw = zlib.decompress(data)
        start = 8 + int.from_bytes(raw[:8], "little")
        header = json.loads(raw[8:start])
        arrays = _read_arrays(header["arrays"], raw, start)
        known = {kind.__qualname__: kind for kind in types}
        return [_decode(frame, arrays, known) for frame in header["frames"]]
    except Exception as error:  # damaged bytes fail in as many ways as there are bytes
        raise ValueError("these bytes are not packed frames of the given types") from error


def _encode(value: Any, arrays: list[Array]) -> Any:
    """JSON for a value: plain values as they are, tuples as lists, all else as {kind: content}."""
    if type(value) in _PLAIN:
        return value
    if type(value) is tuple:
        return [_encode(item, arrays) for item in value]
    if type(value) is dict and all(type(key) is str for key in value):
        return {"dict": {key: _encode(item, arrays) for key, item in value.items()}}
    if type(value) is np.ndarray or isinstance(value, np.generic):
        return {"array" if type(value) is np.ndarray else "scalar": _add(np.asarray(value), arrays)}
    if is_dataclass(value) and not isinstance(value, type):
        content = {field.name: _encode(getattr(value, field.name), arrays) for field in fields(value)}
        return {"type": type(value).__qualname__, "fields": content}
    raise TypeError(f"a frame cannot hold a {type(value).__name__}")


def _add(array: Array, arrays: list[Array]) -> int:
    if array.dtype.kind not in _KINDS:
        raise TypeError(f"a frame cannot hold an array of {array.dtype}")
    arrays.append(array)
    return len(arrays) - 1


def _read_arrays(headers: list[Any], raw: bytes, start: int) -> list[Array]:
    arrays: list[Array] = []
    for code, shape in headers:
        dtype = np.dtype(code)
        if dtype.kind not in _KINDS:
            raise ValueError(f"unexpected array of {dtype}")
        end = start + dtype.itemsize * int(np.prod(shape, dtype=np.int64))
        arrays.append(np.frombuffer(raw[start:end], dtype).reshape(shape).copy())
        start = end
    if start != len(raw):
        raise ValueError("the arrays do not fill their place")
    return arrays


def _decode(value: Any, arrays: list[Array], known: dict[str, type]) -> Any:
    if isinstance(value, list):
        return tuple(_decode(item, arrays, known) for item in value)
    if not isinstance(value, dict):
        return value
    if "dict" in value:
        return {key: _decode(item, arrays, known) for key, item in value["dict"].items()}
    if "array" in value:
        return arrays[value["array"]]
    if "scalar" in value:
        return arrays[value["scalar"]][()]
    content = {name: _decode(item, arrays, known) for name, item in value["fields"].items()}
    return known[value["type"]](**content)
