"""What all tests of the page share."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import FakeRunner
from tests.ui.visit import Visit, start


@pytest.fixture(autouse=True)
def closed_event_loops(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """gradio makes event loops for every Blocks and leaves them open: close them."""
    loops: list[asyncio.AbstractEventLoop] = []
    make = asyncio.new_event_loop

    def made() -> asyncio.AbstractEventLoop:
        loops.append(make())
        return loops[-1]

    monkeypatch.setattr(asyncio, "new_event_loop", made)
    yield
    asyncio.set_event_loop(None)
    for loop in loops:
        loop.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "notes.en.md").write_text("It ends.")
    (tmp_path / "notes.zh.md").write_text("会停。")
    return tmp_path


@pytest.fixture
def visit(folder: Path) -> Visit:
    return start(folder, FakeRunner())
