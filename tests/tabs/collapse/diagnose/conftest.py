from __future__ import annotations

import hashlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from playground.runtime.sessions import Attachment
from playground.tabs.collapse.diagnose import engine
from playground.tabs.collapse.diagnose.request import DiagnoseRequest


def attached(name: str, data: bytes) -> Attachment:
    """A file as it stands in a request."""
    return Attachment(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())


@pytest.fixture(scope="session")
def frames_of() -> Callable[..., list[Any]]:
    """All frames of a run; `files` maps a field to a name and bytes."""

    def run(files: dict[str, tuple[str, bytes]] | None = None, **fields: Any) -> list[Any]:
        files = files or {}
        request = DiagnoseRequest(**fields, **{field: attached(*file) for field, file in files.items()})
        context = SimpleNamespace(cancelled=False, attachment=lambda field: files[field][1])
        return list(engine.run(request, context))

    return run


@pytest.fixture(scope="session")
def diagnosed(frames_of) -> Callable[..., Any]:
    """The last frame of a run."""
    return lambda *files, **fields: frames_of(*files, **fields)[-1]
