"""Finished runs remembered on disk, so that a shared link computes once and replays at once.

One file a run, named by its key: a SHA-256 of the content, then the packed frames. The file's
modification time is its last use. Several processes may share the folder.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from playground.runtime.annotations import shown
from playground.runtime.contracts import Frame
from playground.runtime.frames import pack, unpack
from playground.runtime.requests import FrozenModel, TabRequest

log = logging.getLogger("whybox.results")

_DIGEST = 32  # bytes of a SHA-256
_STALE = 3600 * 10**9  # ns after which a half-written file has surely been given up


class ResultMemory:
    """Frames of finished runs in a folder, at most `budget` bytes; the least recently used leave first."""

    def __init__(self, folder: Path, budget: int, clock: Callable[[], int] = time.time_ns) -> None:
        self._folder = folder
        self._budget = budget
        self._clock = clock

    def recall(self, key: str, types: Iterable[type]) -> list[Frame] | None:
        """The frames remembered under a key, or None; a damaged file is removed."""
        path = self._folder / key
        try:
            content = path.read_bytes()
            if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
                raise ValueError("the file is damaged")
            frames = unpack(content[_DIGEST:], types)
            os.utime(path, ns=(self._clock(), self._clock()))
            return frames
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            log.warning("a remembered run could not be read")
            _remove(path)
            return None

    def remember(self, key: str, frames: Sequence[Frame]) -> None:
        """Keep the frames; a full disk, or frames over the budget, only mean that they are not kept."""
        try:
            packed = pack(frames)
            content = hashlib.sha256(packed).digest() + packed
            if len(content) > self._budget:
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(self._folder / key, content)
            self._shrink()
        except (OSError, TypeError):
            log.warning("a run could not be remembered", exc_info=True)

    def _write(self, path: Path, content: bytes) -> None:
        """Whole or not at all: a reader never sees half a file."""
        handle, temporary = tempfile.mkstemp(".tmp", "", self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.utime(temporary, ns=(self._clock(), self._clock()))
            os.replace(temporary, path)
        except BaseException:
            _remove(Path(temporary))
            raise

    def _shrink(self) -> None:
        """Remove what was used longest ago until the rest fits; files being written count as well."""
        files = [(entry.stat(), Path(entry.path)) for entry in os.scandir(self._folder) if entry.is_file()]
        files.sort(key=lambda file: file[0].st_mtime_ns)
        excess = sum(stat.st_size for stat, _ in files) - self._budget
        for stat, path in files:
            writing = path.suffix == ".tmp"
            if (excess > 0 and not writing) or (writing and self._clock() - stat.st_mtime_ns > _STALE):
                _remove(path)
                excess -= stat.st_size


def result_key(tab: str, request: TabRequest, fingerprints: Mapping[str, str], **ground: str) -> str:
    """What must be equal for two runs to give the same frames, as one SHA-256 in hex.

    `fingerprints` are the SHA-256 of the weights of every model; `ground` is what the run stands on:
    engine and torch version, device type, dtype. View fields change no frame and count for nothing.
    """
    asked = request.model_dump_json(exclude=set(request.view_fields()))
    parts = [tab, request.version, asked, sorted(fingerprints.items()), sorted(ground.items())]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def is_personal(part: FrozenModel) -> bool:
    """Whether a request holds an uploaded file or a private field that was filled in: never remember it."""
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if shown(field, "private") and value != field.get_default(call_default_factory=True):
            return True
        if any(each.is_file or is_personal(each) for each in _parts(value)):
            return True
    return False


def _parts(value: Any) -> list[FrozenModel]:
    if isinstance(value, tuple):
        return [part for item in value for part in _parts(item)]
    return [value] if isinstance(value, FrozenModel) else []


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
