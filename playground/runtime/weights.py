"""Facts about safetensors files, from their header and their bytes alone.

A file starts with the header's length (8 bytes, little endian) and the header, a JSON object of
tensor name -> dtype, shape, byte range: https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path

from playground.runtime.errors import ModelCorrupt

LONGEST_HEADER = 100_000_000
FLOAT32_BYTES = 4
_known_sha256: dict[tuple[Path, int, int], str] = {}


def count_parameters(file: Path) -> int:
    """Numbers stored in a safetensors file.

    Raises:
        ModelCorrupt: the header does not describe the file; a cut-off download for instance.
    """
    try:
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if length > LONGEST_HEADER:
                raise ValueError("header too long")
            header = json.loads(stream.read(length))
        header.pop("__metadata__", None)
        end = max((int(tensor["data_offsets"][1]) for tensor in header.values()), default=0)
        if 8 + length + end != file.stat().st_size:
            raise ValueError("wrong length")
        return sum(math.prod(tensor["shape"]) for tensor in header.values())
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        message = "{file} is damaged or not a safetensors file. Copy or download it again."
        raise ModelCorrupt(message, file=file.name) from error


def memory_needed(parameters: int) -> int:
    """Bytes to set aside for loading this many numbers as float32: their size and 10 % more."""
    return parameters * FLOAT32_BYTES * 11 // 10


def sha256_of(file: Path, *, again: bool = False) -> str:
    """The file's SHA-256, computed once for every (path, size, time of change), or `again`."""
    facts = file.stat()
    key = (file.resolve(), facts.st_size, facts.st_mtime_ns)
    if again or key not in _known_sha256:
        with file.open("rb") as stream:
            _known_sha256[key] = hashlib.file_digest(stream, "sha256").hexdigest()
    return _known_sha256[key]
